package dev.groundhog.dump.internal;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.internal.go.GoDebug1;
import dev.groundhog.dump.internal.go.GoProfile;
import dev.groundhog.dump.internal.go.GoTraceback;
import dev.groundhog.dump.internal.json.DumpJsonReader;
import dev.groundhog.dump.internal.jvm.DumpToFileText;
import dev.groundhog.dump.internal.jvm.JstackText;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks at the first bytes of an input, unpacks gzip, and gives it to the reader of its format.
public final class Formats {
  /// Every format that is known, as an error names them.
  public static final String KNOWN =
      "Go debug=2, debug=1, panic or SIGQUIT text, Go's protobuf profile,"
          + " jstack or Thread.print text, Thread.dump_to_file text or JSON, groundhog.dump/1 JSON;"
          + " each also as gzip";

  private static final int HEAD_BYTES = 4096;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MAX_GZIP_LAYERS = 2;
  private static final List<TextFormat> TEXT =
      List.of(new GoTraceback(), new GoDebug1(), new JstackText(), new DumpToFileText());

  private Formats() {}

  /// See [dev.groundhog.dump.DumpReader#read].
  public static void read(InputStream input, DumpSink sink) throws DumpException {
    List<CutGzip> layers = new ArrayList<>();
    try {
      InputStream content = new BufferedInputStream(input, BUFFER_BYTES);
      while (layers.size() < MAX_GZIP_LAYERS && isGzip(head(content))) {
        Optional<CutGzip> outer = layers.stream().findFirst();
        layers.add(new CutGzip(new CutGzip.Packed(content, outer), BUFFER_BYTES));
        content = new BufferedInputStream(layers.getLast(), BUFFER_BYTES);
      }
      readPlain(content, layers.isEmpty() ? sink : new UnpackedSink(sink, layers));
    } catch (DumpException e) {
      throw withLoss(e, layers);
    } catch (IOException e) {
      throw new DumpException(
          DumpException.Code.IO, "the input could not be read: " + e.getMessage(), e);
    }
  }

  private static void readPlain(InputStream content, DumpSink sink) throws IOException {
    byte[] head = head(content);
    if (firstCharacter(head) == '{' && !isJsonLog(head)) {
      JsonFormats.read(content, sink);
    } else if (GoProfile.startsAt(head, head.length)) {
      GoProfile.read(content, sink);
    } else {
      readText(new Lines(content), sink);
    }
  }

  /// Nothing was read: if unpacking had to end, that is why.
  private static DumpException withLoss(DumpException e, List<CutGzip> layers) {
    for (CutGzip layer : layers) {
      if (!layer.loss().isEmpty()) {
        return new DumpException(
            e.code(), "the gzip data " + layer.loss() + "; " + e.getMessage(), e);
      }
    }
    return e;
  }

  private static void readText(Lines lines, DumpSink sink) throws DumpException {
    if (!readDumps(lines, sink)) {
      throw new DumpException(
          DumpException.Code.UNKNOWN_FORMAT,
          "no thread dump in "
              + lines.number()
              + (lines.number() == 1 ? " line" : " lines")
              + "; known are: "
              + KNOWN);
    }
  }

  /// Reads every dump, plain or in a log; whether there was any.
  private static boolean readDumps(Lines lines, DumpSink sink) throws DumpException {
    boolean found = false;
    while (lines.peek() != null || (lines.leave() && lines.peek() != null)) {
      TextFormat format = formatAt(lines);
      if (format != null) {
        format.read(lines, sink);
        found = true;
      } else if (!lines.inLog()) {
        found |= readLogged(lines, sink);
      } else {
        lines.next();
      }
    }
    return found;
  }

  /// Takes a line that starts no dump by itself, reads it if it has a whole one with escaped line
  /// breaks, or enters the log in which one starts; whether there was a whole one.
  private static boolean readLogged(Lines lines, DumpSink sink) throws DumpException {
    String escaped = escapedDump(lines.peek());
    if (!escaped.isEmpty()) {
      lines.next();
      return readDumps(new Lines(escaped, lines.number()), sink);
    }
    Log log = Log.at(lines, TEXT);
    if (log == null) {
      lines.next();
    } else {
      lines.enter(log);
    }
    return false;
  }

  /// The text of a dump that stands in `line` alone, more than its first line; empty if none does.
  private static String escapedDump(@Nullable String line) {
    for (TextFormat format : TEXT) {
      int opening = line == null ? -1 : format.openingIn(line);
      if (line != null && opening >= 0 && Escaped.isIn(line, opening)) {
        String text = Escaped.text(line, opening);
        return text.strip().indexOf('\n') > 0 ? text : "";
      }
    }
    return "";
  }

  private static @Nullable TextFormat formatAt(Lines lines) throws DumpException {
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

  /// Whether each line is an object of its own and they are no dumps, but may have some in strings.
  private static boolean isJsonLog(byte[] head) {
    String text = new String(head, StandardCharsets.UTF_8).strip();
    int end = text.indexOf('\n');
    String first = end < 0 ? text : text.substring(0, end).strip();
    boolean isDump =
        first.contains("\"threadDump\"") || first.contains('"' + DumpJsonReader.ANY_SCHEMA);
    boolean goesOn = end > 0 && first.endsWith("}") && text.substring(end).strip().startsWith("{");
    return !isDump && (goesOn || !escapedDump(first).isEmpty());
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
