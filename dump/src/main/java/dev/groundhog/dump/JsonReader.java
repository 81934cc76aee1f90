package dev.groundhog.dump;

import dev.groundhog.dump.internal.Content;
import dev.groundhog.dump.internal.json.JsonTokens;
import java.io.InputStream;

/// Reads one JSON value (RFC 8259) of somebody else's, for what is no dump: the caller takes what
/// it knows and passes over the rest. Bounded: nesting of 64, strings of a megabyte; the caller
/// bounds the whole. For use by one thread.
///
/// Each method throws a [DumpException] with the byte where the input is malformed.
public final class JsonReader {
  private final JsonTokens tokens;

  public JsonReader(InputStream input) {
    tokens = new JsonTokens(new Content(input));
  }

  /// Reads the value of one member of an object.
  public interface Member {
    /// Has to read the value that comes next, or to [#skip] it.
    void read(String name) throws DumpException;
  }

  /// Reads one element of an array.
  public interface Element {
    /// Has to read the value that comes next, or to [#skip] it.
    void read() throws DumpException;
  }

  /// Every member of the object that comes next; a value that is none is passed over.
  public void members(Member member) throws DumpException {
    wellFormed(() -> {
      if (tokens.inObject()) {
        while (tokens.nextMember()) {
          member.read(tokens.name());
        }
      }
    });
  }

  /// Every element of the array that comes next; a value that is none is passed over.
  public void elements(Element element) throws DumpException {
    wellFormed(() -> tokens.each(element::read));
  }

  /// A string, or a number or word as its text; empty for `null`, objects and arrays.
  public String text() throws DumpException {
    String[] text = new String[1];
    wellFormed(() -> text[0] = tokens.text());
    return text[0];
  }

  /// Passes over the value that comes next.
  public void skip() throws DumpException {
    wellFormed(tokens::skip);
  }

  /// Whether only blanks are left.
  public boolean isAtEnd() throws DumpException {
    return tokens.peekValue() < 0;
  }

  private static void wellFormed(JsonTokens.Element read) throws DumpException {
    try {
      read.read();
    } catch (JsonTokens.Malformed e) {
      throw new DumpException(DumpException.Code.UNKNOWN_FORMAT, String.valueOf(e.getMessage()));
    }
  }
}
