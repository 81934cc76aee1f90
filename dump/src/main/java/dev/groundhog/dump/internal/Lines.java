package dev.groundhog.dump.internal;

import dev.groundhog.dump.DumpException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The lines of an input, with a bounded look ahead. Ends of line are LF or CRLF and are not part
/// of the line. A line longer than [#MAX_LINE_BYTES] is cut there. Bytes are UTF-8; broken ones
/// become U+FFFD.
///
/// A reader that knows its lines by their bytes looks at the [#window] and takes them with
/// [#takeTo], so that no text is made of them.
///
/// Where a dump stands in a [Log], the lines are what the log says of it; see [#enter].
public final class Lines {
  public static final int MAX_LINE_BYTES = 1 << 20;

  /// How much of the input a window shows at most.
  public static final int WINDOW_BYTES = 1 << 16;

  /// From the second reading on; most of what stands between two formats is small.
  private static final int BUFFER_BYTES = 4 * WINDOW_BYTES;

  private static final int MAX_AHEAD = 64;

  private final Content input;
  private byte[] buffer;
  private int position;
  private int limit;

  /// A line whose text was made, how many bytes of the input it takes beyond `position`, and how
  /// many lines, those of a log that were passed over included.
  private record Ahead(String text, int bytes, long lines) {}

  private final @Nullable Ahead[] ahead = new @Nullable Ahead[MAX_AHEAD];
  private int firstAhead;
  private int linesAhead;
  private int bytesAhead;
  private boolean ended;
  private boolean lastLineComplete = true;
  private @Nullable Log log;
  private long passedOver;
  private final boolean isOneLine;
  private boolean atJson;
  private long number;

  /// @param number how many lines stand before
  public Lines(Content input, long number) {
    this.input = input;
    this.number = number;
    this.buffer = new byte[WINDOW_BYTES / 16];
    this.isOneLine = false;
  }

  /// The lines of a text that stands in line `number` of another one: this is the number of all.
  Lines(String text, long number) {
    this.input = new Content(InputStream.nullInputStream());
    this.buffer = text.getBytes(StandardCharsets.UTF_8);
    this.limit = buffer.length;
    this.ended = true;
    this.isOneLine = true;
    this.number = number;
  }

  /// The number of the line that was taken last, counted from 1.
  public long number() {
    return number;
  }

  /// The next line, or null at the end of the input.
  public @Nullable String next() throws DumpException {
    String next = peek();
    if (next != null) {
      Ahead taken = aheadAt(0);
      firstAhead = (firstAhead + 1) % MAX_AHEAD;
      linesAhead--;
      bytesAhead -= taken.bytes;
      position += taken.bytes;
      count(taken.lines);
    }
    return next;
  }

  /// The line that [#next] will give, without taking it.
  public @Nullable String peek() throws DumpException {
    return peek(0);
  }

  /// The line `distance` lines after the next one; `distance` is at most 63.
  public @Nullable String peek(int distance) throws DumpException {
    if (distance >= MAX_AHEAD) {
      throw new IllegalArgumentException("look ahead of " + distance);
    }
    while (linesAhead <= distance) {
      Ahead next = log == null ? readLine() : readLogged(log);
      if (next == null) {
        return null;
      }
      ahead[(firstAhead + linesAhead) % MAX_AHEAD] = next;
      linesAhead++;
      bytesAhead += next.bytes;
    }
    return aheadAt(distance).text;
  }

  /// Whether the last line of the input ended with an end of line. Tells a cut dump from a whole
  /// one once the end was reached.
  public boolean lastLineComplete() {
    return lastLineComplete;
  }

  /// From the next line on, what `log` says of a dump is all there is, up to the line where another
  /// dump starts outside of it: there the lines end.
  void enter(Log log) {
    forgetAhead();
    this.log = log;
  }

  /// Ends what [#enter] began, once the lines have ended; whether it had begun.
  boolean leave() {
    boolean inLog = log != null;
    forgetAhead();
    log = null;
    count(passedOver);
    passedOver = 0;
    return inLog;
  }

  /// Gives back what comes behind the last line, where a dump in JSON ended the lines; whether one
  /// did.
  boolean giveBack() {
    if (atJson) {
      input.unread(buffer, position, limit);
      limit = position;
      ended = true;
    }
    return atJson;
  }

  /// Whether the lines are those of a log, which may lack blank lines and have others between.
  public boolean inLog() {
    return log != null;
  }

  /// The bytes that the next lines are in, from [#windowStart] to [#windowEnd]; valid up to the
  /// next call of any other method.
  public byte[] window() throws DumpException {
    while (limit - position < WINDOW_BYTES && fill()) {}
    return buffer;
  }

  /// Where the next line starts in the window.
  public int windowStart() {
    return position;
  }

  /// The end of what is there, at most [#WINDOW_BYTES] behind the start; fewer only at the end of
  /// the input, and nothing in a log.
  public int windowEnd() {
    return log == null ? Math.min(limit, position + WINDOW_BYTES) : position;
  }

  /// Takes `lines` lines, which end before `end` in the window.
  public void takeTo(int end, int lines) {
    position = end;
    count(lines);
    forgetAhead();
  }

  private void count(long lines) {
    number += isOneLine ? 0 : lines;
  }

  private void forgetAhead() {
    linesAhead = 0;
    bytesAhead = 0;
  }

  private Ahead aheadAt(int distance) {
    Ahead at = ahead[(firstAhead + distance) % MAX_AHEAD];
    if (at == null) {
      throw new IllegalStateException("no line at " + distance);
    }
    return at;
  }

  /// The next line that `log` has for the dump. All before it is consumed, so that the buffer need
  /// not hold it.
  private @Nullable Ahead readLogged(Log log) throws DumpException {
    while (true) {
      Ahead raw = readLine();
      if (raw == null || log.endsAt(raw.text)) {
        return null;
      }
      position += raw.bytes;
      passedOver++;
      String content = log.content(raw.text);
      if (content != null) {
        long lines = passedOver;
        passedOver = 0;
        return new Ahead(content, 0, lines);
      }
    }
  }

  private @Nullable Ahead readLine() throws DumpException {
    if (atJson || startsJson()) {
      atJson = true;
      return null;
    }
    // Counted from `position`, since filling moves what is there.
    int scanned = bytesAhead;
    while (true) {
      int end = position + scanned;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      if (end < limit) {
        int length = end - position - bytesAhead;
        return new Ahead(text(length), length + 1, 1);
      }
      // What is beyond the bound is overwritten by what comes.
      limit = Math.min(limit, position + bytesAhead + MAX_LINE_BYTES);
      scanned = limit - position;
      if (!fill()) {
        int length = scanned - bytesAhead;
        if (length == 0) {
          return null;
        }
        lastLineComplete = false;
        return new Ahead(text(length), length, 1);
      }
    }
  }

  /// Whether the next line is the first of a dump in JSON.
  private boolean startsJson() throws DumpException {
    if (isOneLine || (position + bytesAhead == limit && !fill())) {
      return false;
    }
    byte first = buffer[position + bytesAhead];
    if (!Formats.mayStartJson(first) && first != Formats.BYTE_ORDER_MARK[0]) {
      return false;
    }
    while (limit - position - bytesAhead < Formats.HEAD_BYTES && fill()) {}
    return Formats.startsJsonDump(buffer, afterMark(position + bytesAhead), limit);
  }

  private int afterMark(int start) {
    return Formats.hasByteOrderMark(buffer, start, limit)
        ? start + Formats.BYTE_ORDER_MARK.length
        : start;
  }

  /// The text of `length` bytes behind those that are ahead.
  private String text(int length) {
    int end = position + bytesAhead + Math.min(length, MAX_LINE_BYTES);
    int start = Math.min(end, afterMark(position + bytesAhead));
    if (end > start && buffer[end - 1] == '\r') {
      end--;
    }
    return new String(buffer, start, end - start, StandardCharsets.UTF_8);
  }

  /// Reads more behind `limit`; false at the end of the input.
  private boolean fill() throws DumpException {
    if (ended) {
      return false;
    }
    if (limit == buffer.length && buffer.length < BUFFER_BYTES) {
      byte[] larger = new byte[BUFFER_BYTES];
      limit -= position;
      System.arraycopy(buffer, position, larger, 0, limit);
      buffer = larger;
      position = 0;
    } else if (limit == buffer.length && position > 0) {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
    } else if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, buffer.length * 2);
    }
    try {
      int read = input.read(buffer, limit, buffer.length - limit);
      ended = read <= 0;
      limit += Math.max(0, read);
      return !ended;
    } catch (IOException e) {
      throw new DumpException(
          DumpException.Code.IO,
          "the input failed after line " + number + ": " + e.getMessage(),
          e);
    }
  }
}
