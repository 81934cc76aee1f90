package dev.groundhog.dump.fuzz;

import dev.groundhog.dump.Corpus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// A valid dump, taken apart by the grammar of its format and not by its reader: so it is known
/// which threads are complete in a prefix of it.
///
/// @param pieces the dump in order: each ends where a thread has ended, and begins with whatever
///   stands between that one and the one before
/// @param tail what follows the last thread
/// @param proof how many characters behind its end it takes until a piece is known to have ended
record Anatomy(List<Piece> pieces, String tail, int proof) {
  private static final Pattern GROUP = Pattern.compile("\\d+ @.*", Pattern.DOTALL);
  private static final Pattern HASH = Pattern.compile("#\\d+ \".*", Pattern.DOTALL);

  /// @param rows the threads that end with this text: a carrier and what it carries end together
  record Piece(String text, int rows) {}

  /// The depth at which the objects of threads stand in the JSON of a JVM.
  private static final int THREAD_DEPTH = 6;

  static Anatomy of(String file) {
    String text = new String(Corpus.bytes(file), StandardCharsets.UTF_8);
    Anatomy anatomy;
    if (file.contains("debug1")) {
      anatomy = closedByBlankLine(text, GROUP.asMatchPredicate());
    } else if (file.startsWith("go/")) {
      anatomy = closedByBlankLine(text, line -> line.startsWith("goroutine "));
    } else if (file.contains("json")) {
      anatomy = objects(text);
    } else if (file.contains("dump_to_file")) {
      anatomy = closedByBlankLine(text, HASH.asMatchPredicate());
    } else {
      anatomy = closedByTheNext(text);
    }
    if (!anatomy.text().equals(text)) {
      throw new AssertionError(file + " is not what was made of it");
    }
    return anatomy;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    pieces.forEach(piece -> text.append(piece.text));
    return text.append(tail).toString();
  }

  /// The same dump with the first piece, and then those at `indices` modulo their number.
  Anatomy pick(List<Integer> indices) {
    List<Piece> picked = new ArrayList<>(List.of(pieces.getFirst()));
    indices.forEach(index -> picked.add(pieces.get(1 + index % (pieces.size() - 1))));
    return new Anatomy(picked, tail, proof);
  }

  Anatomy withWindowsLines() {
    return new Anatomy(
        pieces.stream().map(p -> new Piece(windows(p.text), p.rows)).toList(),
        windows(tail),
        proof);
  }

  private static String windows(String text) {
    return text.replace("\r\n", "\n").replace("\n", "\r\n");
  }

  /// How many threads are complete in the first `length` bytes.
  int complete(int length) {
    int end = 0;
    int rows = 0;
    for (Piece piece : pieces) {
      end += piece.text.getBytes(StandardCharsets.UTF_8).length;
      if (end + proof > length) {
        return rows;
      }
      rows += piece.rows;
    }
    return rows;
  }

  private static Anatomy closedByBlankLine(String text, Predicate<String> begins) {
    List<Piece> pieces = new ArrayList<>();
    int start = 0;
    boolean inside = false;
    for (int at = 0; at < text.length(); ) {
      int end = text.indexOf('\n', at) + 1;
      end = end == 0 ? text.length() : end;
      String line = text.substring(at, end).stripTrailing();
      if (begins.test(line)) {
        inside = true;
      } else if (line.isEmpty() && inside) {
        pieces.add(new Piece(text.substring(start, end), 1));
        start = end;
        inside = false;
      }
      at = end;
    }
    return new Anatomy(pieces, text.substring(start), 0);
  }

  /// `Thread.print` has blank lines inside of threads.
  private static Anatomy closedByTheNext(String text) {
    List<Piece> pieces = new ArrayList<>();
    int start = 0;
    int rows = 0;
    for (int at = 0; at < text.length(); at = text.indexOf('\n', at) + 1) {
      boolean begins = text.charAt(at) == '"';
      if ((begins || text.startsWith("JNI global ref", at)) && rows > 0) {
        pieces.add(new Piece(text.substring(start, at), rows));
        start = at;
        rows = 0;
      }
      if (begins) {
        rows = 1;
      } else if (rows > 0 && text.substring(at).stripLeading().startsWith("Mounted virtual")) {
        rows++;
      }
      if (text.startsWith("JNI global ref", at)) {
        break;
      }
    }
    return new Anatomy(pieces, text.substring(start), 1);
  }

  private static Anatomy objects(String text) {
    List<Piece> pieces = new ArrayList<>();
    int start = 0;
    int depth = 0;
    boolean quoted = false;
    for (int at = 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (quoted) {
        at += c == '\\' ? 1 : 0;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']') {
        if (c == '}' && depth == THREAD_DEPTH) {
          pieces.add(new Piece(text.substring(start, at + 1), 1));
          start = at + 1;
        }
        depth--;
      }
    }
    return new Anatomy(pieces, text.substring(start), 0);
  }
}
