package dev.groundhog.dump.internal;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.internal.go.GoDebug1;
import dev.groundhog.dump.internal.go.GoProfile;
import dev.groundhog.dump.internal.go.GoTraceback;
import dev.groundhog.dump.internal.jvm.DumpToFileText;
import dev.groundhog.dump.internal.jvm.JstackText;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// Looks at the first bytes of an input, unpacks gzip, and gives it to the reader of its format.
public final class Formats {
  /// Every format that is known, as an error names them.
  public static final String KNOWN =
      "Go debug=2, debug=1, panic or SIGQUIT text, Go's protobuf profile,"
          + " jstack or Thread.print text, Thread.dump_to_file text or JSON, groundhog.dump/1 JSON;"
          + " each also as gzip";

  private static final int HEAD_BYTES = 4096;
  private static final int MAX_GZIP_LAYERS = 2;
  private static final List<TextFormat> TEXT =
      List.of(new GoTraceback(), new GoDebug1(), new JstackText(), new DumpToFileText());

  private Formats() {}

  /// See [dev.groundhog.dump.DumpReader#read].
  public static void read(InputStream input, DumpSink sink) throws DumpException {
    try {
      InputStream content = new BufferedInputStream(input, 1 << 16);
      for (int layer = 0; layer < MAX_GZIP_LAYERS && isGzip(head(content)); layer++) {
        content = new BufferedInputStream(new CutGzip(content, 1 << 16), 1 << 16);
      }
      byte[] head = head(content);
      if (firstCharacter(head) == '{') {
        JsonFormats.read(content, sink);
      } else if (GoProfile.startsAt(head, head.length)) {
        GoProfile.read(content, sink);
      } else {
        readText(new Lines(content), sink);
      }
    } catch (DumpException e) {
      throw e;
    } catch (IOException e) {
      throw new DumpException(
          DumpException.Code.IO, "the input could not be read: " + e.getMessage(), e);
    }
  }

  private static void readText(Lines lines, DumpSink sink) throws DumpException {
    boolean found = false;
    while (lines.peek() != null) {
      TextFormat format = formatAt(lines);
      if (format == null) {
        lines.next();
      } else {
        format.read(lines, sink);
        found = true;
      }
    }
    if (!found) {
      throw new DumpException(
          DumpException.Code.UNKNOWN_FORMAT,
          "no thread dump in "
              + lines.number()
              + (lines.number() == 1 ? " line" : " lines")
              + "; known are: "
              + KNOWN);
    }
  }

  private static @org.jspecify.annotations.Nullable TextFormat formatAt(Lines lines)
      throws DumpException {
    for (TextFormat format : TEXT) {
      if (format.startsAt(lines)) {
        return format;
      }
    }
    return null;
  }

  private static byte[] head(InputStream content) throws IOException {
    content.mark(HEAD_BYTES);
    byte[] head = content.readNBytes(HEAD_BYTES);
    content.reset();
    return head;
  }

  private static boolean isGzip(byte[] head) {
    return head.length > 2 && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b;
  }

  private static int firstCharacter(byte[] head) {
    for (byte b : head) {
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        return b;
      }
    }
    return -1;
  }
}
