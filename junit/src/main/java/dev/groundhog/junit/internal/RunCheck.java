package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.junit.internal.Starter.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/// The check of the whole run, behind its last class. Whatever is there that was not before counts,
/// whoever started it, but for what tests that failed have started.
final class RunCheck implements AutoCloseable {
  private final CheckSettings settings;

  private final Optional<MarkedCheck> marked;

  RunCheck(CheckSettings settings) {
    this.settings = settings;
    this.marked =
        Optional.ofNullable(Thread.currentThread().getContextClassLoader())
            .flatMap(MarkedCheck::begin);
  }

  @Override
  public void close() {
    List<String> notes = new ArrayList<>(List.of("found at the end of the run"));
    Starters.ALL.note().ifPresent(notes::add);
    LeakChecker.verify(
        new Suspects.Since(RunStart.moment(), RunCheck::isChecked),
        settings.options(),
        RunCheck::names,
        notes);
    marked.ifPresent(check -> check.verify(settings.options(), "this run", () -> true));
  }

  /// Each tag is asked for once.
  private static Predicate<DumpThread> isChecked() {
    Optional<Meeting> agent = Meeting.find();
    if (agent.isEmpty()) {
      return thread -> !Starters.ALL.isExcused(thread);
    }
    Set<Long> excused =
        Starters.ALL.ended(starter -> starter.fate() == Fate.DONE).stream()
            .flatMapToLong(starter -> LongStream.of(agent.get().tagged(starter.tag())))
            .boxed()
            .collect(Collectors.toSet());
    return thread -> thread.id().isEmpty() || !excused.contains(thread.id().getAsLong());
  }

  private static String names(Dump left) {
    return Meeting.find()
        .map(agent -> Names.byTag(agent, Starters.ALL.ended(_ -> true), left))
        .orElseGet(() -> Names.joined(Names.classes(left)));
  }
}
