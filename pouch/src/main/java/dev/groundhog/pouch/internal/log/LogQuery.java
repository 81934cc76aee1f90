package dev.groundhog.pouch.internal.log;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/// What of a log is to be read, with Docker's meaning.
///
/// @param streams which outputs
/// @param since nothing before
/// @param until the first entry after it ends the reading; a follower also ends when it is past
/// @param tail so many entries from the end at most, **of both outputs**, counted before anything
///   else is left out; [#ALL] for all
/// @param end what to do at the log's end
public record LogQuery(Set<LogStream> streams, Instant since, Instant until, long tail, AtEnd end) {
  /// Every entry, as `tail`.
  public static final long ALL = Long.MAX_VALUE;

  /// What a reader does when it has read all there is.
  public enum AtEnd {
    /// Ends.
    STOP,
    /// Waits for more, for as long as the container runs.
    FOLLOW
  }

  public LogQuery {
    if (streams.isEmpty()) {
      throw new IllegalArgumentException("no stream is asked for");
    }
    if (tail < 0) {
      throw new IllegalArgumentException("tail is negative: " + tail);
    }
    streams = Set.copyOf(streams);
  }

  /// All there is.
  public static LogQuery everything() {
    return new LogQuery(EnumSet.allOf(LogStream.class), Instant.MIN, Instant.MAX, ALL, AtEnd.STOP);
  }

  public LogQuery of(Set<LogStream> those) {
    return new LogQuery(those, since, until, tail, end);
  }

  public LogQuery since(Instant time) {
    return new LogQuery(streams, time, until, tail, end);
  }

  public LogQuery until(Instant time) {
    return new LogQuery(streams, since, time, tail, end);
  }

  public LogQuery tail(long entries) {
    return new LogQuery(streams, since, until, entries, end);
  }

  public LogQuery following() {
    return new LogQuery(streams, since, until, tail, AtEnd.FOLLOW);
  }

  boolean isFollowing() {
    return end == AtEnd.FOLLOW;
  }
}
