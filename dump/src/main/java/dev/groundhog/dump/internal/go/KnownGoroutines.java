package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.internal.LineTree;
import dev.groundhog.dump.internal.Lines;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Reads goroutines of one traceback whose lines were read before, without making text of them:
/// what a goroutine is depends on its lines without the arguments and offsets, and a dump repeats
/// few stacks many times. Everything else is left to [Goroutine], whose result is learnt.
///
/// A goroutine can be known if it is made of functions with arguments, each with its place, may be
/// a creator, and an empty line, within [Lines#WINDOW_BYTES]. Not thread-safe.
final class KnownGoroutines {
  private static final byte[] START = ascii("goroutine ");
  private static final byte[] CREATED_BY = ascii(Goroutine.CREATED_BY);
  private static final byte[] IN_GOROUTINE = ascii(Goroutine.IN_GOROUTINE);
  private static final byte[] MINUTES = ascii(" minutes]:");
  private static final byte[] STACK_POINTER = ascii(" sp=0x");

  /// What stands behind a place, each before a hexadecimal number.
  private static final List<byte[]> ADDRESSES =
      List.of(ascii(" +0x"), ascii(" pc=0x"), STACK_POINTER, ascii(" fp=0x"));

  private static final int MAX_DIGITS = 18;
  private static final int MAX_HEADERS = 1 << 12;

  /// More than 10,000 stacks have; full, this takes about 25 MB.
  private static final int MAX_STACK_LINES = 1 << 18;

  private record Known(CallStack stack, CallStack createdBy) {}

  /// What stands behind the id of a header.
  private final LineTree<GoHeader> headers = new LineTree<>(MAX_HEADERS);

  private final LineTree<Known> stacks = new LineTree<>(MAX_STACK_LINES);

  /// Where the goroutine that was not known belongs, or [LineTree#NONE].
  private int unknown = LineTree.NONE;

  private byte[] bytes = {};
  private int limit;

  /// The start of the line that is looked at, the end of its text, and the start of the next.
  private int start;

  private int end;
  private int next;
  private int expected;
  private int lineCount;
  private long creator;

  /// Takes the goroutines from the next line on, up to one that is not known or the end.
  ///
  /// @return whether there was any
  boolean takeAll(Lines lines, DumpSink sink) throws DumpException {
    boolean any = false;
    while (take(lines, sink)) {
      any = true;
    }
    return any;
  }

  /// Tells what the goroutine is that [#takeAll] stopped at.
  void learn(Goroutine goroutine) {
    if (unknown != LineTree.NONE) {
      stacks.value(unknown, new Known(goroutine.stack(), goroutine.createdBy()));
      unknown = LineTree.NONE;
    }
  }

  private boolean take(Lines lines, DumpSink sink) throws DumpException {
    unknown = LineTree.NONE;
    bytes = lines.window();
    next = lines.windowStart();
    limit = lines.windowEnd();
    lineCount = 0;
    GoHeader header = nextLine(0) ? header() : null;
    int node = header == null ? LineTree.NONE : stack();
    if (header == null || node == LineTree.NONE) {
      return false;
    }
    Known known = stacks.value(node);
    if (known == null) {
      unknown = node;
      return false;
    }
    lines.takeTo(next, lineCount);
    OptionalLong by = creator < 0 ? OptionalLong.empty() : OptionalLong.of(creator);
    sink.thread(Goroutine.thread(header, known.stack, known.createdBy, by));
    return true;
  }

  private @Nullable GoHeader header() {
    int idStart = start + START.length;
    int idEnd = startsWith(START, start) ? digitsEnd(idStart) : idStart;
    if (idEnd == idStart || idEnd - idStart > MAX_DIGITS) {
      return null;
    }
    int minutesStart = minutesStart(idEnd);
    long minutes = minutesStart < 0 ? -1 : number(minutesStart, end - MINUTES.length);
    int node = headers.child(LineTree.ROOT, bytes, idEnd, minutesStart < 0 ? end : minutesStart);
    GoHeader known = node == LineTree.NONE ? null : headers.value(node);
    if (known != null) {
      return known.of(number(idStart, idEnd), minutes);
    }
    String line = new String(bytes, start, end - start, StandardCharsets.UTF_8);
    GoHeader parsed = GoHeader.parse(line).orElse(null);
    if (parsed != null && node != LineTree.NONE) {
      headers.value(node, parsed);
    }
    return parsed;
  }

  /// Where the number starts if the status behind `from` ends with `, 3 minutes`, else -1. Only
  /// that number may then differ from the header that is known, so there must be no quotes and no
  /// braces in which it could mean something else.
  private int minutesStart(int from) {
    int numberEnd = end - MINUTES.length;
    if (!startsWith(MINUTES, numberEnd)) {
      return -1;
    }
    int at = numberEnd;
    while (isDigit(bytes[at - 1])) {
      at--;
    }
    if (at == numberEnd
        || numberEnd - at > MAX_DIGITS
        || bytes[at - 1] != ' '
        || bytes[at - 2] != ',') {
      return -1;
    }
    for (int i = from; i < at; i++) {
      if (bytes[i] == '"' || bytes[i] == '{' || bytes[i] == ']') {
        return -1;
      }
    }
    return at;
  }

  /// The node of the lines up to the empty one, which is taken; sets `creator`.
  private int stack() {
    int node = LineTree.ROOT;
    boolean hasCreator = false;
    creator = -1;
    while (node != LineTree.NONE && nextLine(expected(node))) {
      if (start == end) {
        return node == LineTree.ROOT ? LineTree.NONE : node;
      }
      if (hasCreator) {
        return LineTree.NONE;
      }
      hasCreator = startsWith(CREATED_BY, start);
      node = child(node, hasCreator ? creatorEnd() : functionEnd());
      if (node == LineTree.NONE || !nextLine(expected(node)) || bytes[start] != '\t') {
        return LineTree.NONE;
      }
      node = child(node, placeEnd());
    }
    return LineTree.NONE;
  }

  private int expected(int node) {
    return stacks.expected(node, bytes, next, limit);
  }

  private int child(int node, int keyEnd) {
    return keyEnd < 0
        ? LineTree.NONE
        : keyEnd == start + expected
            ? stacks.expectedChild(node)
            : stacks.child(node, bytes, start, keyEnd);
  }

  /// The end of a function's name before its arguments, or -1 if the line may be anything else.
  private int functionEnd() {
    byte first = bytes[start];
    if (first == '\t' || first == '.' || first == '(' || first == '[' || bytes[end - 1] != ')') {
      return -1;
    }
    int at = end - 1;
    while (at > start && bytes[at] != '(') {
      at--;
    }
    return at == start ? -1 : at;
  }

  /// The end of a creator's name; sets `creator` to the number behind it, if there is one.
  private int creatorEnd() {
    int digits = digitsStart();
    int nameEnd = digits - IN_GOROUTINE.length;
    if (digits == end || end - digits > MAX_DIGITS || !startsWith(IN_GOROUTINE, nameEnd)) {
      return end;
    }
    creator = number(digits, end);
    return nameEnd > start + CREATED_BY.length ? nameEnd : -1;
  }

  /// The end of a place before ` +0x1d fp=0xc00004af68 sp=0xc00004af48 pc=0x43b2ee`, or its end if
  /// it has no such thing.
  private int placeEnd() {
    int placeEnd = end;
    for (int at = end; at >= 0; at = addressStart(at)) {
      // A stack pointer alone does not end a place.
      placeEnd = startsWith(STACK_POINTER, at) ? placeEnd : at;
    }
    return placeEnd;
  }

  /// The start of ` +0x1d`, ` fp=0xc00004af68` or the like, which ends at `to`; or -1.
  private int addressStart(int to) {
    int digits = to;
    while (digits > start && isHex(bytes[digits - 1])) {
      digits--;
    }
    if (digits < to) {
      for (byte[] address : ADDRESSES) {
        if (startsWith(address, digits - address.length)) {
          return digits - address.length;
        }
      }
    }
    return -1;
  }

  /// Goes to the next line, of which the first `expected` bytes are known.
  private boolean nextLine(int expected) {
    this.expected = expected;
    int lineFeed = next + expected;
    while (lineFeed < limit && bytes[lineFeed] != '\n') {
      lineFeed++;
    }
    if (lineFeed >= limit) {
      return false;
    }
    start = next;
    end = lineFeed > start && bytes[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
    next = lineFeed + 1;
    lineCount++;
    return true;
  }

  private boolean startsWith(byte[] text, int at) {
    if (at < start || end - at < text.length) {
      return false;
    }
    for (int i = 0; i < text.length; i++) {
      if (bytes[at + i] != text[i]) {
        return false;
      }
    }
    return true;
  }

  private int digitsEnd(int from) {
    int at = from;
    while (at < end && isDigit(bytes[at])) {
      at++;
    }
    return at;
  }

  private int digitsStart() {
    int at = end;
    while (at > start && isDigit(bytes[at - 1])) {
      at--;
    }
    return at;
  }

  private long number(int from, int to) {
    long value = 0;
    for (int at = from; at < to; at++) {
      value = value * 10 + (bytes[at] - '0');
    }
    return value;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static boolean isHex(byte b) {
    return isDigit(b) || (b >= 'a' && b <= 'f');
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
