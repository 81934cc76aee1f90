package dev.groundhog.dump.internal;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.internal.go.GoDebug1;
import dev.groundhog.dump.internal.go.GoProfile;
import dev.groundhog.dump.internal.go.GoTraceback;
import dev.groundhog.dump.internal.json.DumpJsonReader;
import dev.groundhog.dump.internal.json.JsonDump;
import dev.groundhog.dump.internal.jvm.DumpToFileText;
import dev.groundhog.dump.internal.jvm.JstackText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Looks at the first bytes of an input, unpacks gzip, and gives it to the reader of its format.
public final class Formats {
  /// Every format that is known, as an error names them.
  public static final String KNOWN =
      "Go debug=2, debug=1, panic or SIGQUIT text, Go's protobuf profile,"
          + " jstack or Thread.print text, Thread.dump_to_file text or JSON, groundhog.dump/1 JSON;"
          + " each also as gzip";

  static final int HEAD_BYTES = 4096;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MAX_GZIP_LAYERS = 2;
  private static final int GZIP_MAGIC_BYTES = 2;

  /// Each change of format costs the reading of some buffers anew.
  private static final int MAX_PARTS = 1_000;

  static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private static final Pattern JSON = Pattern.compile("\\[?\\s*+\\{");

  /// What a pretty printer leaves in the first line.
  private static final Pattern OPENING = Pattern.compile("[\\[{\\s]{1,80}");

  /// A dump has one of these members within its first bytes.
  private static final Pattern JSON_DUMP =
      Pattern.compile(
          "\\[?\\s*+\\{(?s:.*?)\"(?:"
              + JsonDump.THREAD_DUMP
              + "\"\\s*+:\\s*+\\{|schema\"\\s*+:\\s*+\""
              + Pattern.quote(DumpJsonReader.ANY_SCHEMA)
              + ")");

  private static final List<TextFormat> TEXT =
      List.of(new GoTraceback(), new GoDebug1(), new JstackText(), new DumpToFileText());

  private Formats() {}

  /// See [dev.groundhog.dump.DumpReader#read].
  public static void read(InputStream input, DumpSink sink) throws DumpException {
    List<CutGzip> layers = new ArrayList<>();
    try {
      Content content = new Content(input);
      while (layers.size() < MAX_GZIP_LAYERS && isGzip(content.head(GZIP_MAGIC_BYTES))) {
        Optional<CutGzip> outer = layers.stream().findFirst();
        layers.add(new CutGzip(new CutGzip.Packed(content, outer), BUFFER_BYTES));
        content = new Content(layers.getLast());
      }
      readPlain(utf8(content), layers.isEmpty() ? sink : new UnpackedSink(sink, layers));
    } catch (DumpException e) {
      throw withLoss(e, layers);
    } catch (IOException e) {
      throw new DumpException(
          DumpException.Code.IO, "the input could not be read: " + e.getMessage(), e);
    }
  }

  private static Content utf8(Content content) throws IOException {
    return Utf16.startsAt(content.head(2)) ? new Content(new Utf16(content)) : content;
  }

  /// The next bytes, behind the mark that some editors and shells put in front of UTF-8.
  private static byte[] head(Content content) throws IOException {
    byte[] head = content.head(HEAD_BYTES);
    if (!hasByteOrderMark(head, 0, head.length)) {
      return head;
    }
    content.skipNBytes(BYTE_ORDER_MARK.length);
    return content.head(HEAD_BYTES);
  }

  /// Dumps of several formats may stand behind each other.
  private static void readPlain(Content content, DumpSink sink) throws IOException {
    byte[] head = head(content);
    if (GoProfile.startsAt(head, head.length)) {
      GoProfile.read(content, sink);
      return;
    }
    boolean found = false;
    long lines = 0;
    String problem = noDumpIn(0);
    for (int part = 0; head.length > 0; part++) {
      if (part == MAX_PARTS) {
        throw new DumpException(
            DumpException.Code.TOO_LARGE,
            "JSON and text by turns, more than " + MAX_PARTS + " times, at line " + lines);
      }
      if (startsJsonDump(head, 0, head.length) || (part == 0 && startsJson(head))) {
        JsonFormats json = new JsonFormats(content, sink, part == 0);
        found |= json.read();
        lines += json.lines();
        problem = part == 0 ? json.problem() : noDumpIn(lines);
      } else {
        Lines text = new Lines(content, lines);
        found |= readDumps(text, sink);
        lines = text.number();
        problem = noDumpIn(lines);
        if (!text.giveBack()) {
          break;
        }
      }
      head = head(content);
    }
    if (!found) {
      throw new DumpException(DumpException.Code.UNKNOWN_FORMAT, problem);
    }
  }

  private static String noDumpIn(long lines) {
    String where =
        lines == 0
            ? "the input is empty"
            : "no thread dump in " + lines + (lines == 1 ? " line" : " lines");
    return where + "; known are: " + KNOWN;
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

  private static boolean isGzip(byte[] head) {
    return head.length == GZIP_MAGIC_BYTES && (head[0] & 0xff) == 0x1f && (head[1] & 0xff) == 0x8b;
  }

  /// Whether a byte may be the first of a dump in JSON, or of an array of them.
  static boolean mayStartJson(byte first) {
    return first == '{' || first == '[';
  }

  /// Whether a line is the first of a dump in JSON. A line that has more than an opening brace must
  /// tell by itself, since logs have JSON in every line.
  static boolean startsJsonDump(byte[] bytes, int from, int limit) {
    int end = Math.min(limit, from + HEAD_BYTES);
    if (from >= end || !mayStartJson(bytes[from])) {
      return false;
    }
    String head = new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
    int lineEnd = head.indexOf('\n');
    String line = lineEnd < 0 ? head : head.substring(0, lineEnd);
    return JSON_DUMP.matcher(OPENING.matcher(line).matches() ? head : line).lookingAt();
  }

  /// Whether an input begins with JSON that is no log.
  private static boolean startsJson(byte[] head) {
    String text = new String(head, StandardCharsets.UTF_8).strip();
    return JSON.matcher(text).lookingAt() && !isJsonLog(text);
  }

  /// Whether each line is an object of its own and they are no dumps, but may have some in strings.
  private static boolean isJsonLog(String text) {
    int end = text.indexOf('\n');
    String first = end < 0 ? text : text.substring(0, end).strip();
    boolean isDump =
        first.contains("\"threadDump\"") || first.contains('"' + DumpJsonReader.ANY_SCHEMA);
    return !isDump && ((end > 0 && first.endsWith("}")) || !escapedDump(first).isEmpty());
  }

  static boolean hasByteOrderMark(byte[] bytes, int from, int end) {
    return end - from >= BYTE_ORDER_MARK.length
        && bytes[from] == BYTE_ORDER_MARK[0]
        && bytes[from + 1] == BYTE_ORDER_MARK[1]
        && bytes[from + 2] == BYTE_ORDER_MARK[2];
  }
}
