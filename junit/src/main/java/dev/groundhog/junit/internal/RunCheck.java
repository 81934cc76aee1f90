package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.junit.internal.Starter.Fate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
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
    Meeting.find().flatMap(Meeting::lossReason).map(ByTime::lost).ifPresent(notes::add);
    LeakChecker.verify(
        new Suspects.Since(RunStart.moment(), RunCheck::isChecked),
        settings.options(),
        new Reporting(settings.asker(), Reporting.Subject.OTHER, RunCheck::owners, notes));
    marked.ifPresent(check -> check.verify(settings, "this run", () -> true));
  }

  /// Where the agent has not known all the time who starts threads, their time counts too.
  private static Predicate<DumpThread> isChecked() {
    if (Meeting.find().isEmpty()) {
      return thread -> !Starters.ALL.isExcused(thread);
    }
    List<Starter> done = known(starter -> starter.fate().isSettled());
    List<Starter> failed = known(starter -> starter.fate() == Fate.EXCUSED);
    Set<Long> excused = new HashSet<>();
    try {
      Tagging.left(done)
          .forEach((tag, ids) ->
              LongStream.of(ids)
                  .filter(id -> tag != Tagging.OF_SHARED || mayHaveMade(failed, id))
                  .forEach(excused::add));
    } catch (Meeting.Lost _) {
      // None is known.
    }
    boolean isLossless = isLossless();
    return thread ->
        (thread.id().isEmpty() || !excused.contains(thread.id().getAsLong()))
            && (isLossless || !Starters.ALL.isExcused(thread));
  }

  /// Of what a worker of the common pool has started, more is not known.
  private static boolean mayHaveMade(List<Starter> starters, long id) {
    return starters.stream().anyMatch(starter -> starter.mayHaveMade(id));
  }

  private static List<Starter> known(Predicate<Starter> wanted) {
    return Starters.ALL.ended(wanted.and(starter -> starter.agent().isPresent()));
  }

  private static boolean isLossless() {
    return Meeting.find().filter(agent -> agent.lossReason().isEmpty()).isPresent();
  }

  private static Owners owners() {
    try {
      Names.Carried carried = new Names.Carried(known(_ -> true));
      return threads -> names(carried, threads);
    } catch (Meeting.Lost _) {
      return threads -> Names.joined(Names.classes(threads)); // by time, as without it
    }
  }

  private static String names(Names.Carried carried, Dump threads) {
    return isLossless() || carried.hasAny(threads)
        ? carried.ofAny(threads)
        : Names.joined(Names.classes(threads));
  }
}
