package dev.groundhog.dump;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;

/// Writes one JSON value as it comes (RFC 8259), without blanks unless asked for, holding nothing.
/// Text is escaped so that it stands on one line and survives any encoding: control characters,
/// U+2028, U+2029 and lone surrogates are written by their code, and so is the bracket of `##[`,
/// which a CI server that shows the output would take for a command. Not thread-safe; nothing is
/// closed or flushed.
///
/// It checks what it is told: a name where a value must stand, or the end of an array where an
/// object is open, is an [IllegalStateException]. At most 64 levels can be open.
public final class JsonWriter {
  private static final int MAX_DEPTH = 64;

  private enum Level {
    OBJECT,
    ARRAY
  }

  private final Appendable out;
  private final Level[] levels = new Level[MAX_DEPTH];
  private int depth;
  private boolean first = true;
  private boolean named;
  private boolean done;
  private boolean breaksLine;

  public JsonWriter(Appendable out) {
    this.out = out;
  }

  public JsonWriter beginObject() throws IOException {
    return begin(Level.OBJECT, '{');
  }

  public JsonWriter endObject() throws IOException {
    return end(Level.OBJECT, '}');
  }

  public JsonWriter beginArray() throws IOException {
    return begin(Level.ARRAY, '[');
  }

  public JsonWriter endArray() throws IOException {
    return end(Level.ARRAY, ']');
  }

  /// The name of the member whose value comes next.
  public JsonWriter name(String name) throws IOException {
    require(depth > 0 && levels[depth - 1] == Level.OBJECT && !named, "a name");
    separate();
    text(name);
    out.append(':');
    named = true;
    return this;
  }

  public JsonWriter value(String value) throws IOException {
    beforeValue();
    text(value);
    return this;
  }

  public JsonWriter value(long value) throws IOException {
    beforeValue();
    out.append(Long.toString(value));
    return this;
  }

  /// A finite number.
  public JsonWriter value(double value) throws IOException {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no " + value);
    }
    beforeValue();
    out.append(Double.toString(value));
    return this;
  }

  /// A number without exponent, exactly.
  public JsonWriter value(BigDecimal value) throws IOException {
    beforeValue();
    out.append(value.toPlainString());
    return this;
  }

  public JsonWriter value(boolean value) throws IOException {
    beforeValue();
    out.append(Boolean.toString(value));
    return this;
  }

  /// The text, or `null` where there is none.
  public JsonWriter value(Optional<String> value) throws IOException {
    return value.isPresent() ? value(value.get()) : nullValue();
  }

  /// The number, or `null` where there is none.
  public JsonWriter value(OptionalLong value) throws IOException {
    return value.isPresent() ? value(value.getAsLong()) : nullValue();
  }

  public JsonWriter nullValue() throws IOException {
    beforeValue();
    out.append("null");
    return this;
  }

  /// Puts the next element or member on a line of its own.
  public JsonWriter onNewLine() {
    breaksLine = true;
    return this;
  }

  private JsonWriter begin(Level level, char sign) throws IOException {
    beforeValue();
    require(depth < MAX_DEPTH, "a level deeper than " + MAX_DEPTH);
    out.append(sign);
    levels[depth++] = level;
    first = true;
    done = false;
    return this;
  }

  private JsonWriter end(Level level, char sign) throws IOException {
    require(depth > 0 && levels[depth - 1] == level && !named, "'" + sign + "'");
    out.append(sign);
    depth--;
    first = false;
    done = depth == 0;
    return this;
  }

  private void beforeValue() throws IOException {
    boolean inObject = depth > 0 && levels[depth - 1] == Level.OBJECT;
    require(!done && inObject == named, "a value");
    if (!named && depth > 0) {
      separate();
    }
    named = false;
    done = depth == 0;
  }

  private void separate() throws IOException {
    if (!first) {
      out.append(',');
    }
    if (breaksLine) {
      out.append('\n');
    }
    breaksLine = false;
    first = false;
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new IllegalStateException(what + " cannot stand here");
    }
  }

  private void text(String text) throws IOException {
    out.append('"');
    int written = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPlain(c) && !(c == '[' && text.startsWith("##", i - 2))) {
        continue;
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
        continue;
      }
      out.append(text, written, i);
      written = i + 1;
      escaped(c);
    }
    out.append(text, written, text.length()).append('"');
  }

  private static boolean isPlain(char c) {
    return c >= ' '
        && c != '"'
        && c != '\\'
        && c != '\u2028'
        && c != '\u2029'
        && (c < '\u007f' || c > '\u009f')
        && !Character.isSurrogate(c);
  }

  private void escaped(char c) throws IOException {
    switch (c) {
      case '"', '\\' -> out.append('\\').append(c);
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> out.append("\\u").append(HexFormat.of().toHexDigits(c));
    }
  }
}
