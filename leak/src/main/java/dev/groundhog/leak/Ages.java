package dev.groundhog.leak;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How long ago the threads of a group were started.
///
/// @param threads how many of them that is known of
/// @param youngest the age of the youngest of these
/// @param oldest the age of the oldest of these
public record Ages(long threads, Duration youngest, Duration oldest) {
  /// Of the threads of `group` whose start was recorded; empty if there are none.
  public static Optional<Ages> of(StackGroup group, Dump dump) {
    List<Duration> ages =
        group.rows().stream()
            .map(dump::row)
            .filter(thread -> thread.birth() == BirthRecord.RECORDED)
            .map(DumpThread::age)
            .flatMap(Optional::stream)
            .sorted()
            .toList();
    return ages.isEmpty()
        ? Optional.empty()
        : Optional.of(new Ages(ages.size(), ages.getFirst(), ages.getLast()));
  }
}
