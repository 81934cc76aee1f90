package dev.groundhog.dump.internal.json;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.internal.Content;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A pull parser of JSON (RFC 8259) for streams of any length, with bounds: nesting of [#MAX_DEPTH]
/// and strings of [#MAX_STRING_BYTES]. The caller asks for what it expects and skips what it does
/// not know. Every failure is a [Malformed] with the byte where it happened.
public final class JsonTokens {
  public static final int MAX_DEPTH = 64;
  public static final int MAX_STRING_BYTES = 1 << 20;

  /// The input is not JSON, or ended too early.
  public static class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(@Nullable String message) {
      super(message);
    }
  }

  /// Something to go on at after damage: the name of a member, whose colon is then taken too, or a
  /// text that is a value.
  ///
  /// @param depth that of the object in which it stands
  public record Landmark(String text, boolean isName, int depth) {
    public static Landmark member(String name, int depth) {
      return new Landmark(name, true, depth);
    }

    public static Landmark value(String text, int depth) {
      return new Landmark(text, false, depth);
    }
  }

  /// Lines that begin a dump in text; no string of JSON has a line break.
  private static final List<String> TEXT = List.of("Full thread dump ", "goroutine ");

  private static final int MAX_BUFFER = 1 << 16;

  private final Content input;
  private byte[] buffer = new byte[1 << 12];
  private int position;
  private int limit;
  private long bufferStart;
  private long linesBefore;
  private byte[] text = new byte[256];

  /// A string up to its last escaped surrogate. UTF-8 has no form for half a pair, so that what
  /// `text` holds is decoded before each.
  private final StringBuilder surrogates = new StringBuilder();

  private int depth;
  private boolean first;

  /// What begins text that is no JSON, where one of [#TEXT] was found; then nothing more is read.
  private byte[] textBegin = {};

  /// Whether the documents are the elements of an array.
  private boolean inArray;

  public JsonTokens(Content input) {
    this.input = input;
    this.bufferStart = input.offset();
  }

  /// How many ends of line were read.
  public long lines() {
    return linesBefore + lines(position);
  }

  /// Gives back what was not read, for a reader of another format; nothing can be read here then.
  public void giveBack() {
    linesBefore = lines();
    input.unread(buffer, position, limit);
    input.unread(textBegin, 0, textBegin.length);
    textBegin = new byte[0];
    buffer = new byte[0];
    bufferStart += position;
    position = 0;
    limit = 0;
  }

  /// The byte that is read next, counted from 0.
  public long offset() {
    return bufferStart + position;
  }

  /// Steps into an object; read its members with [#nextMember].
  public void beginObject() throws Malformed, DumpException {
    begin('{');
  }

  /// Steps into an array; ask [#nextElement] before each element.
  public void beginArray() throws Malformed, DumpException {
    begin('[');
  }

  /// Whether the current object has another member, whose name is then read with [#name]; otherwise
  /// the object has been left.
  public boolean nextMember() throws Malformed, DumpException {
    return next('}');
  }

  /// Whether the current array has another element; otherwise the array has been left.
  public boolean nextElement() throws Malformed, DumpException {
    return next(']');
  }

  /// The name of the member, and the colon.
  public String name() throws Malformed, DumpException {
    String name = string();
    expect(':');
    return name;
  }

  /// The first character of the value that comes next: `{ [ " t f n -` or a digit; -1 at the end.
  public int peekValue() throws DumpException {
    skipBlanks();
    return peekByte();
  }

  /// The bytes that come next, `length` or up to the end of the input.
  public byte[] head(int length) throws DumpException {
    while (limit - position < length && more()) {}
    return Arrays.copyOfRange(buffer, position, Math.min(limit, position + length));
  }

  /// Passes over the rest of the line.
  public void skipLine() throws DumpException {
    for (int c = peekByte(); c >= 0; c = peekByte()) {
      position++;
      if (c == '\n') {
        return;
      }
    }
  }

  /// Whether the documents are elements of an array.
  public boolean inArray() {
    return inArray;
  }

  /// Whether an object comes next. Objects may stand side by side, or in an array; what is between
  /// them is passed over.
  public boolean atDocument() throws DumpException {
    while (true) {
      int next = peekValue();
      boolean opens = next == '[' && nextInBuffer(position + 1) == '{';
      if (opens || (inArray && (next == ',' || next == ']'))) {
        inArray = next != ']';
        position++;
      } else {
        return next == '{';
      }
    }
  }

  /// The first byte from `from` on that is no blank, -1 if the buffer has none.
  private int nextInBuffer(int from) {
    for (int i = from; i < limit; i++) {
      if (!isBlank(buffer[i])) {
        return buffer[i] & 0xff;
      }
    }
    return -1;
  }

  /// A string, or a number, `true`, `false` or `null` as its text.
  public String scalar() throws Malformed, DumpException {
    return peekValue() == '"' ? string() : literal();
  }

  /// Reads one element of an array.
  public interface Element {
    void read() throws Malformed, DumpException;
  }

  /// Reads every element of an array; passes over a value that is none.
  public void each(Element element) throws Malformed, DumpException {
    if (peekValue() != '[') {
      skip();
      return;
    }
    beginArray();
    while (nextElement()) {
      element.read();
    }
  }

  /// Steps into an object; passes over a value that is none, and says so.
  public boolean inObject() throws Malformed, DumpException {
    if (peekValue() != '{') {
      skip();
      return false;
    }
    beginObject();
    return true;
  }

  /// A string, or a number or word as its text; empty for `null`, objects and arrays.
  public String text() throws Malformed, DumpException {
    int next = peekValue();
    if (next == '{' || next == '[') {
      skip();
      return "";
    }
    String value = scalar();
    return next == 'n' ? "" : value;
  }

  /// Passes over one value of any kind.
  public void skip() throws Malformed, DumpException {
    switch (peekValue()) {
      case '{' -> {
        beginObject();
        while (nextMember()) {
          name();
          skip();
        }
      }
      case '[' -> {
        beginArray();
        while (nextElement()) {
          skip();
        }
      }
      default -> scalar();
    }
  }

  /// How many objects and arrays have been stepped into and not left.
  public int depth() {
    return depth;
  }

  /// After a [Malformed]: passes over everything up to the first of `landmarks` and takes it, as if
  /// the caller stood in the object that has it. Empty if there is none up to the end of the input
  /// or to a line that begins a dump in text.
  public Optional<Landmark> resumeAt(List<Landmark> landmarks) throws DumpException {
    byte[][] quoted = new byte[landmarks.size()][];
    for (int i = 0; i < quoted.length; i++) {
      quoted[i] = ('"' + landmarks.get(i).text() + '"').getBytes(StandardCharsets.UTF_8);
    }
    int[] matched = new int[quoted.length];
    StringBuilder line =
        new StringBuilder(position > 0 && buffer[position - 1] == '\n' ? "\n" : "");
    for (int c = peekByte(); c >= 0; c = peekByte()) {
      position++;
      if (beginsText(line, c)) {
        textBegin = line.toString().getBytes(StandardCharsets.ISO_8859_1);
        return Optional.empty();
      }
      for (int i = 0; i < quoted.length; i++) {
        matched[i] = c == quoted[i][matched[i]] ? matched[i] + 1 : c == '"' ? 1 : 0;
        if (matched[i] == quoted[i].length) {
          matched[i] = 0;
          if (takes(landmarks.get(i))) {
            depth = landmarks.get(i).depth();
            first = false;
            return Optional.of(landmarks.get(i));
          }
        }
      }
    }
    return Optional.empty();
  }

  /// Whether the line that has begun, `line` and now `c`, is one of [#TEXT]. What can be none is
  /// not kept but for its first character.
  private static boolean beginsText(StringBuilder line, int c) {
    if (c == '\n') {
      line.setLength(0);
      line.append('\n');
      return false;
    }
    if (line.isEmpty() || line.charAt(0) != '\n') {
      return false;
    }
    line.append((char) c);
    String begun = line.substring(1);
    if (TEXT.contains(begun)) {
      line.deleteCharAt(0);
      return true;
    }
    if (TEXT.stream().noneMatch(text -> text.startsWith(begun))) {
      line.setLength(0);
    }
    return false;
  }

  /// Whether a landmark's text, which has just been read, is what the landmark is.
  private boolean takes(Landmark landmark) throws DumpException {
    boolean isName = peekValue() == ':';
    if (isName && landmark.isName()) {
      position++;
    }
    return isName == landmark.isName();
  }

  public Malformed malformed(String what) {
    return new Malformed("at byte " + offset() + ": " + what);
  }

  private void begin(char open) throws Malformed, DumpException {
    expect(open);
    if (++depth > MAX_DEPTH) {
      throw malformed("nested deeper than " + MAX_DEPTH);
    }
    first = true;
  }

  private boolean next(char close) throws Malformed, DumpException {
    int c = peekValue();
    if (c == close) {
      position++;
      depth--;
      first = false;
      return false;
    }
    if (!first) {
      expect(',');
    }
    first = false;
    if (peekValue() < 0) {
      throw malformed("the input ends inside an object or array");
    }
    return true;
  }

  private void expect(char wanted) throws Malformed, DumpException {
    int c = peekValue();
    if (c != wanted) {
      throw malformed(
          "expected '" + wanted + "' and found " + (c < 0 ? "the end" : "'" + (char) c + "'"));
    }
    position++;
  }

  private String literal() throws Malformed, DumpException {
    int length = 0;
    for (int c = peekByte(); isLiteral(c); c = peekByte()) {
      if (length == 64) {
        throw malformed("a number or word of more than 64 characters");
      }
      append(length++, (byte) c);
      position++;
    }
    if (length == 0) {
      throw malformed(peekByte() < 0 ? "the input ends" : "expected a value");
    }
    return new String(text, 0, length, StandardCharsets.US_ASCII);
  }

  private static boolean isLiteral(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'a' && c <= 'z')
        || c == 'E'
        || c == '+'
        || c == '-'
        || c == '.';
  }

  private String string() throws Malformed, DumpException {
    expect('"');
    surrogates.setLength(0);
    int length = 0;
    while (true) {
      int c = readByte();
      if (c == '"') {
        String end = new String(text, 0, length, StandardCharsets.UTF_8);
        return surrogates.isEmpty() ? end : surrogates.append(end).toString();
      }
      if (length + surrogates.length() > MAX_STRING_BYTES) {
        throw malformed("a string of more than " + MAX_STRING_BYTES + " bytes");
      }
      if (c == '\\') {
        length = escape(length);
      } else {
        append(length++, (byte) c);
      }
    }
  }

  private int escape(int length) throws Malformed, DumpException {
    int c = readByte();
    switch (c) {
      case '"', '\\', '/' -> append(length, (byte) c);
      case 'b' -> append(length, (byte) '\b');
      case 'f' -> append(length, (byte) '\f');
      case 'n' -> append(length, (byte) '\n');
      case 'r' -> append(length, (byte) '\r');
      case 't' -> append(length, (byte) '\t');
      case 'u' -> {
        return appendUtf16(length);
      }
      default -> throw malformed("unknown escape '\\" + (char) c + "'");
    }
    return length + 1;
  }

  private int appendUtf16(int length) throws Malformed, DumpException {
    char unit = (char) hex4();
    if (Character.isSurrogate(unit)) {
      surrogates.append(new String(text, 0, length, StandardCharsets.UTF_8)).append(unit);
      return 0;
    }
    int end = length;
    for (byte b : String.valueOf(unit).getBytes(StandardCharsets.UTF_8)) {
      append(end++, b);
    }
    return end;
  }

  private int hex4() throws Malformed, DumpException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(readByte(), 16);
      if (digit < 0) {
        throw malformed("\\u needs four hexadecimal digits");
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private void append(int index, byte value) {
    if (index == text.length) {
      text = Arrays.copyOf(text, text.length * 2);
    }
    text[index] = value;
  }

  private void skipBlanks() throws DumpException {
    while (isBlank(peekByte())) {
      position++;
    }
  }

  private static boolean isBlank(int c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
  }

  private long lines(int end) {
    long lines = 0;
    for (int i = 0; i < end; i++) {
      lines += buffer[i] == '\n' ? 1 : 0;
    }
    return lines;
  }

  private int readByte() throws Malformed, DumpException {
    int c = peekByte();
    if (c < 0) {
      throw malformed("the input ends inside a string");
    }
    position++;
    return c;
  }

  private int peekByte() throws DumpException {
    return textBegin.length == 0 && (position < limit || more()) ? buffer[position] & 0xff : -1;
  }

  /// Reads more behind what is there; false at the end of the input.
  private boolean more() throws DumpException {
    linesBefore += lines(position);
    bufferStart += position;
    // Most of what stands between two formats is small.
    byte[] room = limit > 0 && buffer.length < MAX_BUFFER ? new byte[MAX_BUFFER] : buffer;
    limit -= position;
    System.arraycopy(buffer, position, room, 0, limit);
    buffer = room;
    position = 0;
    try {
      int read = input.read(buffer, limit, buffer.length - limit);
      limit += Math.max(0, read);
      return read > 0;
    } catch (EOFException e) {
      return false;
    } catch (IOException e) {
      throw new DumpException(
          DumpException.Code.IO, "the input failed at byte " + offset() + ": " + e.getMessage(), e);
    }
  }
}
