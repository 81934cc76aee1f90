package dev.groundhog.pouch.internal.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Writes lines of `json.log` as Docker's `json-file` does, with the same order of keys, escapes
/// and times, and the [Progress] behind them. Lines gather here until they are written.
final class LineEncoder {
  private static final int FRAME_BYTES = 512;

  /// No line is longer.
  static final int MOST_LINE_BYTES =
      Lines.PART_BYTES * LogOptions.ESCAPED_BYTES + LogOptions.MOST_ATTRS_BYTES + FRAME_BYTES;

  private static final int CAPACITY = MOST_LINE_BYTES + (512 << 10);

  private static final byte[] HEX = ascii("0123456789abcdef");
  private static final byte[] LOG = ascii("{\"log\":\"");
  private static final byte[] STDOUT = ascii("\",\"stream\":\"stdout\"");
  private static final byte[] STDERR = ascii("\",\"stream\":\"stderr\"");
  private static final byte[] ATTRS = ascii(",\"attrs\":{");
  private static final byte[] TIME = ascii(",\"time\":\"");
  private static final byte[] RAW = ascii("\",\"raw\":[");
  private static final byte[] LINE_END = ascii("\\n");
  private static final byte[] REPLACEMENT = ascii("\\ufffd");
  private static final byte[] LINE_SEPARATOR = ascii("\\u202");
  private static final byte[] END = ascii("]}\n");
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");

  private static final boolean[] PLAIN = plain();

  private final byte[] out;
  private int length;

  private long cachedSecond = Long.MIN_VALUE;
  private byte[] cachedText = {};

  LineEncoder() {
    this(CAPACITY);
  }

  private LineEncoder(int capacity) {
    this.out = new byte[capacity];
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static boolean[] plain() {
    boolean[] plain = new boolean[256];
    for (int c = 0x20; c < 0x80; c++) {
      plain[c] = "\"\\<>&".indexOf(c) < 0;
    }
    return plain;
  }

  int length() {
    return length;
  }

  /// Whether one more line may not fit.
  boolean isFull() {
    return length > CAPACITY - MOST_LINE_BYTES;
  }

  ByteBuffer content() {
    return ByteBuffer.wrap(out, 0, length);
  }

  void clear() {
    length = 0;
  }

  /// A line's text is `text[from, to)`.
  ///
  /// @param ended whether the line's end was printed behind it
  /// @param attrs what [#attrs] gave
  void add(
      LogStream stream,
      byte[] text,
      int from,
      int to,
      boolean ended,
      byte[] attrs,
      long second,
      int nano,
      RawFile stdout,
      RawFile stderr) {
    put(LOG);
    putEscaped(text, from, to);
    if (ended) {
      put(LINE_END);
    }
    put(stream == LogStream.STDOUT ? STDOUT : STDERR);
    put(attrs);
    put(TIME);
    putTime(second, nano);
    put(RAW);
    putNumber(stdout.taken());
    put(',');
    putNumber(stderr.taken());
    if (stdout.open() != null || stderr.open() != null) {
      putOpen(stdout.open());
      putOpen(stderr.open());
    }
    put(END);
  }

  private void putOpen(@Nullable Instant time) {
    put(',');
    put('"');
    if (time != null) {
      putTime(time.getEpochSecond(), time.getNano());
    }
    put('"');
  }

  /// The key `attrs` with its comma, or nothing.
  static byte[] attrs(SortedMap<String, String> attrs) {
    if (attrs.isEmpty()) {
      return new byte[0];
    }
    LineEncoder encoder = new LineEncoder(LogOptions.MOST_ATTRS_BYTES + FRAME_BYTES);
    byte[] comma = {};
    encoder.put(ATTRS);
    for (Map.Entry<String, String> attr : attrs.entrySet()) {
      encoder.put(comma);
      encoder.putString(attr.getKey());
      encoder.put(':');
      encoder.putString(attr.getValue());
      comma = new byte[] {','};
    }
    encoder.put('}');
    return Arrays.copyOf(encoder.out, encoder.length);
  }

  private void putString(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    put('"');
    putEscaped(bytes, 0, bytes.length);
    put('"');
  }

  private void putEscaped(byte[] text, int from, int to) {
    int at = from;
    while (at < to) {
      int run = at;
      while (run < to && PLAIN[text[run] & 0xff]) {
        run++;
      }
      System.arraycopy(text, at, out, length, run - at);
      length += run - at;
      at = run;
      if (at < to) {
        at += text[at] >= 0 ? putControl(text[at]) : putRune(text, at, to);
      }
    }
  }

  private int putControl(byte c) {
    put('\\');
    switch (c) {
      case '"', '\\' -> put(c);
      case '\n' -> put('n');
      case '\r' -> put('r');
      default -> {
        put('u');
        put('0');
        put('0');
        put(HEX[c >> 4]);
        put(HEX[c & 0xf]);
      }
    }
    return 1;
  }

  private int putRune(byte[] text, int at, int to) {
    int bytes = Lines.runeBytes(text, at, to);
    if (bytes <= 1) {
      put(REPLACEMENT);
      return 1;
    }
    if (bytes == 3 && text[at] == (byte) 0xe2 && text[at + 1] == (byte) 0x80) {
      int last = text[at + 2] & 0xff;
      if (last == 0xa8 || last == 0xa9) { // the line ends of JavaScript
        put(LINE_SEPARATOR);
        put(HEX[last & 0xf]);
        return bytes;
      }
    }
    System.arraycopy(text, at, out, length, bytes);
    length += bytes;
    return bytes;
  }

  /// As Go's `RFC3339Nano`: without zeros at the end.
  private void putTime(long second, int nano) {
    if (second != cachedSecond) {
      cachedText = ascii(SECOND.format(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC)));
      cachedSecond = second;
    }
    put(cachedText);
    if (nano != 0) {
      out[length] = '.';
      int rest = nano;
      int last = 0;
      for (int digit = 9; digit > 0; digit--) {
        int value = rest % 10;
        rest /= 10;
        out[length + digit] = (byte) ('0' + value);
        last = last == 0 && value != 0 ? digit : last;
      }
      length += last + 1;
    }
    put('Z');
  }

  private void putNumber(long number) {
    int digits = 1;
    for (long rest = number / 10; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = number;
    for (int at = length + digits - 1; at >= length; at--) {
      out[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
  }

  private void put(int c) {
    out[length++] = (byte) c;
  }

  private void put(byte[] bytes) {
    System.arraycopy(bytes, 0, out, length, bytes.length);
    length += bytes.length;
  }
}
