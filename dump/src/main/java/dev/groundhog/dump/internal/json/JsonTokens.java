package dev.groundhog.dump.internal.json;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.internal.Content;
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

  private final JsonBytes input;
  private byte[] text = new byte[256];

  /// A string up to its last escaped surrogate. UTF-8 has no form for half a pair, so that what
  /// `text` holds is decoded before each.
  private final StringBuilder surrogates = new StringBuilder();

  private int depth;
  private boolean first;

  /// Whether the documents are the elements of an array.
  private boolean inArray;

  public JsonTokens(Content input) {
    this.input = new JsonBytes(input);
  }

  /// How many ends of line were read.
  public long lines() {
    return input.lines();
  }

  /// Gives back what was not read, for a reader of another format; nothing can be read here then.
  public void giveBack() {
    input.giveBack();
  }

  /// The byte that is read next, counted from 0.
  public long offset() {
    return input.offset();
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
    return input.peek();
  }

  /// The bytes that come next, `length` or up to the end of the input.
  public byte[] head(int length) throws DumpException {
    return input.head(length);
  }

  /// Passes over the rest of the line.
  public void skipLine() throws DumpException {
    for (int c = input.peek(); c >= 0; c = input.peek()) {
      input.take();
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
      boolean opens = next == '[' && input.isBefore('{');
      if (opens || (inArray && (next == ',' || next == ']'))) {
        inArray = next != ']';
        input.take();
      } else {
        return next == '{';
      }
    }
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
    Optional<Landmark> found = new LandmarkSearch(input, landmarks).find();
    found.ifPresent(landmark -> {
      depth = landmark.depth();
      first = false;
    });
    return found;
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
      input.take();
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
    input.take();
  }

  private String literal() throws Malformed, DumpException {
    int length = 0;
    for (int c = input.peek(); isLiteral(c); c = input.peek()) {
      if (length == 64) {
        throw malformed("a number or word of more than 64 characters");
      }
      append(length++, (byte) c);
      input.take();
    }
    if (length == 0) {
      throw malformed(input.peek() < 0 ? "the input ends" : "expected a value");
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
    while (JsonBytes.isBlank(input.peek())) {
      input.take();
    }
  }

  private int readByte() throws Malformed, DumpException {
    int c = input.peek();
    if (c < 0) {
      throw malformed("the input ends inside a string");
    }
    input.take();
    return c;
  }
}
