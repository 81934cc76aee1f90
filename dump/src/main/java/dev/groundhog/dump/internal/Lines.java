package dev.groundhog.dump.internal;

import dev.groundhog.dump.DumpException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The lines of an input, with a bounded look ahead. Ends of line are LF or CRLF and are not part
/// of the line. A line longer than [#MAX_LINE_BYTES] is cut there. Bytes are UTF-8; broken ones
/// become U+FFFD.
public final class Lines {
  public static final int MAX_LINE_BYTES = 1 << 20;
  private static final int MAX_AHEAD = 64;

  private final InputStream input;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private byte[] line = new byte[256];
  private final ArrayDeque<String> ahead = new ArrayDeque<>();
  private boolean ended;
  private boolean lastLineComplete = true;
  private long number;

  public Lines(InputStream input) {
    this.input = input;
  }

  /// The number of the line that [#next] gave last, counted from 1.
  public long number() {
    return number;
  }

  /// The next line, or null at the end of the input.
  public @Nullable String next() throws DumpException {
    String next = ahead.isEmpty() ? readLine() : ahead.remove();
    if (next != null) {
      number++;
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
    while (ahead.size() <= distance) {
      String next = readLine();
      if (next == null) {
        return null;
      }
      ahead.add(next);
    }
    return ahead.stream().skip(distance).findFirst().orElse(null);
  }

  /// Whether the last line of the input ended with an end of line. Tells a cut dump from a whole
  /// one once the end was reached.
  public boolean lastLineComplete() {
    return lastLineComplete;
  }

  private @Nullable String readLine() throws DumpException {
    if (ended) {
      return null;
    }
    int length = 0;
    while (true) {
      if (position == limit && !fill()) {
        ended = true;
        lastLineComplete = length == 0;
        return length == 0 ? null : text(length);
      }
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      int take = Math.min(end - position, MAX_LINE_BYTES - length);
      if (length + take > line.length) {
        line = Arrays.copyOf(line, Math.max(length + take, line.length * 2));
      }
      System.arraycopy(buffer, position, line, length, take);
      length += take;
      position = end;
      if (end < limit) {
        position++;
        return text(length);
      }
    }
  }

  private String text(int length) {
    int end = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
    return new String(line, 0, end, StandardCharsets.UTF_8);
  }

  private boolean fill() throws DumpException {
    try {
      limit = Math.max(0, input.read(buffer));
      position = 0;
      return limit > 0;
    } catch (IOException e) {
      throw new DumpException(
          DumpException.Code.IO,
          "the input failed after line " + number + ": " + e.getMessage(),
          e);
    }
  }
}
