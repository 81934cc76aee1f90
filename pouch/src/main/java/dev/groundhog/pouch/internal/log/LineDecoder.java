package dev.groundhog.pouch.internal.log;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads lines of `json.log`, ours and those of Docker and Pouch: keys in any order, unknown ones
/// ignored. What isn't such a line is none, never an exception. Not thread-safe.
final class LineDecoder {
  private static final int MOST_DEPTH = 64;

  private static final byte[] LOG = ascii("log");
  private static final byte[] STREAM = ascii("stream");
  private static final byte[] TIME = ascii("time");
  private static final byte[] ATTRS = ascii("attrs");
  private static final byte[] RAW = ascii("raw");
  private static final byte[] STDOUT = ascii("stdout");
  private static final byte[] STDERR = ascii("stderr");
  private static final byte[] EMPTY = {};

  private static final int SECOND_END = "2026-11-25T22:01:30".length();

  private byte[] line = EMPTY;
  private int at;
  private int end;
  private byte[] scratch = new byte[256];
  private int scratchLength;

  private byte[] lastAttrs = EMPTY;
  private Map<String, String> lastAttrsMap = Map.of();

  private byte[] log = EMPTY;
  private @Nullable LogStream stream;
  private @Nullable Instant time;
  private Map<String, String> attrs = Map.of();
  private @Nullable Progress progress;

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// What a malformed line ends with.
  private static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    private MalformedException() {
      super("not a line of json.log", null, false, false);
    }
  }

  /// @return the entry that is `bytes[from, to)`, without the end of the line; null if it is none
  @Nullable LogEntry decode(byte[] bytes, int from, int to) {
    line = bytes;
    at = from;
    end = to;
    log = EMPTY;
    stream = null;
    time = null;
    attrs = Map.of();
    progress = null;
    try {
      object();
    } catch (MalformedException | DateTimeException _) {
      return null;
    }
    return stream == null || time == null ? null : new LogEntry(stream, time, log, attrs);
  }

  /// Of the last line that was decoded.
  @Nullable Progress progress() {
    return progress;
  }

  private void object() throws MalformedException {
    expect('{');
    if (next() == '}') {
      at++;
    } else {
      do {
        expect('"');
        string();
        member();
      } while (isComma('}'));
    }
    skipSpace();
    if (at != end) {
      throw new MalformedException();
    }
  }

  private void member() throws MalformedException {
    if (isKey(LOG)) {
      value();
      log = Arrays.copyOf(scratch, scratchLength);
    } else if (isKey(STREAM)) {
      value();
      stream = isKey(STDOUT) ? LogStream.STDOUT : isKey(STDERR) ? LogStream.STDERR : null;
    } else if (isKey(TIME)) {
      value();
      time = time();
    } else if (isKey(ATTRS)) {
      expect(':');
      attrs = attrs();
    } else if (isKey(RAW)) {
      expect(':');
      progress = raw();
    } else {
      expect(':');
      skipValue(0);
    }
  }

  private boolean isKey(byte[] key) {
    return Arrays.equals(scratch, 0, scratchLength, key, 0, key.length);
  }

  private void value() throws MalformedException {
    expect(':');
    expect('"');
    string();
  }

  private Map<String, String> attrs() throws MalformedException {
    int length = lastAttrs.length;
    if (length > 0
        && end - at >= length
        && Arrays.equals(line, at, at + length, lastAttrs, 0, length)) {
      at += length;
      return lastAttrsMap;
    }
    skipSpace();
    int from = at;
    TreeMap<String, String> map = new TreeMap<>();
    expect('{');
    if (next() == '}') {
      at++;
    } else {
      do {
        expect('"');
        string();
        String key = text();
        value();
        map.put(key, text());
      } while (isComma('}'));
    }
    lastAttrs = Arrays.copyOfRange(line, from, at);
    lastAttrsMap = Collections.unmodifiableMap(map);
    return lastAttrsMap;
  }

  private Progress raw() throws MalformedException {
    expect('[');
    long stdout = number();
    expect(',');
    long stderr = number();
    Instant stdoutOpen = null;
    Instant stderrOpen = null;
    if (next() == ',') {
      at++;
      stdoutOpen = openTime();
      expect(',');
      stderrOpen = openTime();
    }
    expect(']');
    return new Progress(stdout, stderr, stdoutOpen, stderrOpen);
  }

  private @Nullable Instant openTime() throws MalformedException {
    expect('"');
    string();
    return scratchLength == 0 ? null : time();
  }

  private long number() throws MalformedException {
    skipSpace();
    int from = at;
    long number = 0;
    while (at < end && line[at] >= '0' && line[at] <= '9' && at - from < 18) {
      number = number * 10 + line[at++] - '0';
    }
    if (at == from) {
      throw new MalformedException();
    }
    return number;
  }

  /// Of the string that was read last.
  private Instant time() {
    if (scratchLength <= SECOND_END || scratch[scratchLength - 1] != 'Z' || scratch[4] != '-') {
      return OffsetDateTime.parse(text()).toInstant();
    }
    long days = LocalDate.of(digits(0, 4), digits(5, 7), digits(8, 10)).toEpochDay();
    int hour = digits(11, 13);
    int minute = digits(14, 16);
    int second = digits(17, 19);
    if (hour > 23 || minute > 59 || second > 59) {
      throw new DateTimeException("out of range");
    }
    int nano = 0;
    int fraction = scratchLength - 1 - (SECOND_END + 1);
    if (fraction > 0 && fraction <= 9 && scratch[SECOND_END] == '.') {
      nano = digits(SECOND_END + 1, scratchLength - 1);
      for (int i = fraction; i < 9; i++) {
        nano *= 10;
      }
    } else if (scratchLength - 1 != SECOND_END) {
      throw new DateTimeException("no fraction");
    }
    return Instant.ofEpochSecond(((days * 24 + hour) * 60 + minute) * 60 + second, nano);
  }

  private int digits(int from, int to) {
    int number = 0;
    for (int i = from; i < to; i++) {
      int digit = scratch[i] - '0';
      if (digit < 0 || digit > 9) {
        throw new DateTimeException("no digit");
      }
      number = number * 10 + digit;
    }
    return number;
  }

  private String text() {
    return new String(scratch, 0, scratchLength, StandardCharsets.UTF_8);
  }

  private void skipValue(int depth) throws MalformedException {
    if (depth > MOST_DEPTH) {
      throw new MalformedException();
    }
    switch (next()) {
      case '"' -> {
        at++;
        string();
      }
      case '{' -> {
        at++;
        if (next() == '}') {
          at++;
          return;
        }
        do {
          expect('"');
          string();
          expect(':');
          skipValue(depth + 1);
        } while (isComma('}'));
      }
      case '[' -> {
        at++;
        if (next() == ']') {
          at++;
          return;
        }
        do {
          skipValue(depth + 1);
        } while (isComma(']'));
      }
      default -> skipWord();
    }
  }

  /// A number, `true`, `false` or `null`; which is not looked at.
  private void skipWord() throws MalformedException {
    int from = at;
    while (at < end && (Character.isLetterOrDigit(line[at]) || "+-.".indexOf(line[at]) >= 0)) {
      at++;
    }
    if (at == from) {
      throw new MalformedException();
    }
  }

  private boolean isComma(char close) throws MalformedException {
    int c = next();
    at++;
    if (c != ',' && c != close) {
      throw new MalformedException();
    }
    return c == ',';
  }

  private void expect(char c) throws MalformedException {
    if (next() != c) {
      throw new MalformedException();
    }
    at++;
  }

  private int next() throws MalformedException {
    skipSpace();
    if (at >= end) {
      throw new MalformedException();
    }
    return line[at];
  }

  private void skipSpace() {
    while (at < end && (line[at] == ' ' || line[at] == '\t' || line[at] == '\r')) {
      at++;
    }
  }

  /// Reads the rest of a string into the scratch.
  private void string() throws MalformedException {
    scratchLength = 0;
    while (true) {
      int run = at;
      while (run < end && line[run] != '"' && line[run] != '\\') {
        if (line[run] >= 0 && line[run] < 0x20) {
          throw new MalformedException();
        }
        run++;
      }
      room(run - at + 4);
      System.arraycopy(line, at, scratch, scratchLength, run - at);
      scratchLength += run - at;
      at = run + 1;
      if (run >= end) {
        throw new MalformedException();
      }
      if (line[run] == '"') {
        return;
      }
      escape();
    }
  }

  private void escape() throws MalformedException {
    if (at >= end) {
      throw new MalformedException();
    }
    switch (line[at++]) {
      case '"' -> rune('"');
      case '\\' -> rune('\\');
      case '/' -> rune('/');
      case 'n' -> rune('\n');
      case 'r' -> rune('\r');
      case 't' -> rune('\t');
      case 'b' -> rune('\b');
      case 'f' -> rune('\f');
      case 'u' -> {
        int unit = hex();
        if (Character.isHighSurrogate((char) unit)
            && at + 1 < end
            && line[at] == '\\'
            && line[at + 1] == 'u') {
          int before = at;
          at += 2;
          int low = hex();
          if (Character.isLowSurrogate((char) low)) {
            rune(Character.toCodePoint((char) unit, (char) low));
            return;
          }
          at = before;
        }
        rune(Character.isSurrogate((char) unit) ? 0xfffd : unit);
      }
      default -> throw new MalformedException();
    }
  }

  private int hex() throws MalformedException {
    if (end - at < 4) {
      throw new MalformedException();
    }
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(line[at++], 16);
      if (digit < 0) {
        throw new MalformedException();
      }
      unit = (unit << 4) | digit;
    }
    return unit;
  }

  private void rune(int c) {
    room(4);
    if (c < 0x80) {
      put(c);
    } else if (c < 0x800) {
      put(0xc0 | c >> 6);
      putRest(c);
    } else if (c < 0x10000) {
      put(0xe0 | c >> 12);
      putRest(c >> 6);
      putRest(c);
    } else {
      put(0xf0 | c >> 18);
      putRest(c >> 12);
      putRest(c >> 6);
      putRest(c);
    }
  }

  private void putRest(int bits) {
    put(0x80 | (bits & 0x3f));
  }

  private void put(int b) {
    scratch[scratchLength++] = (byte) b;
  }

  private void room(int bytes) {
    if (scratch.length - scratchLength < bytes) {
      scratch = Arrays.copyOf(scratch, Math.max(scratch.length * 2, scratchLength + bytes));
    }
  }
}
