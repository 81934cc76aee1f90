package dev.groundhog.junit.internal;

/// A moment in the order in which this JVM makes threads, whose ids only grow. To know it costs an
/// id, so those that were taken for this are counted.
///
/// @param id threads that are made from here on have greater ids
/// @param asked how many moments there have been
public record Moment(long id, long asked) {
  /// Before any thread.
  public static final Moment START = new Moment(0, 0);

  private static long count;

  public static synchronized Moment now() {
    count++;
    return new Moment(Thread.ofVirtual().unstarted(() -> {}).threadId(), count);
  }

  /// Whether no thread at all was made since.
  boolean noneSince() {
    return now().noneSince(this);
  }

  /// Whether no thread was made from `earlier` to this.
  boolean noneSince(Moment earlier) {
    return id - earlier.id == asked - earlier.asked;
  }
}
