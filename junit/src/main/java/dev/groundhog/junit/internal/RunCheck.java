package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.util.List;
import java.util.Optional;

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
    LeakChecker.verify(
        new Suspects.Since(RunStart.moment(), RunCheck::isChecked),
        settings.options(),
        RunCheck::names,
        List.of("found at the end of the run"));
    marked.ifPresent(check -> check.verify(settings.options(), "this run", () -> true));
  }

  private static boolean isChecked(DumpThread thread) {
    Optional<Meeting> agent = Meeting.find();
    if (agent.isEmpty()) {
      return Starters.candidates(thread).stream().noneMatch(RunCheck::isDone);
    }
    return Starters.all(RunCheck::isDone).stream().noneMatch(starter -> carries(starter, thread));
  }

  private static boolean carries(Starter starter, DumpThread thread) {
    long id = thread.id().orElse(0);
    for (long tagged : Meeting.find().map(agent -> agent.tagged(starter.tag())).orElseThrow()) {
      if (tagged == id) {
        return true;
      }
    }
    return false;
  }

  private static boolean isDone(Starter starter) {
    return starter.fate() == Starter.Fate.DONE;
  }

  private static String names(Dump left) {
    return Meeting.find()
        .map(agent -> Names.byTag(agent, Starters.all(_ -> true), left))
        .orElseGet(() -> Names.joined(Names.classes(left)));
  }
}
