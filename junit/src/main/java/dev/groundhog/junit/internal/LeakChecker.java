package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.junit.LeakError;
import dev.groundhog.junit.LeakOptions;
import dev.groundhog.junit.LeakTestReport;
import dev.groundhog.junit.OnLeak;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.StackGroup;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Looks until none of the suspects is left, or time is up. What fails in here is one warning in
/// the log: it changes no test's result.
public final class LeakChecker {
  private static final System.Logger LOG = System.getLogger(LeakChecker.class.getName());

  /// The agent tells of a thread that the collector took once it is a second old.
  private static final Duration COLLECTED_WITHIN = Duration.ofMillis(1_200);

  /// How often it looks once more because somebody made a thread meanwhile; where threads are made
  /// all the time, it must end.
  private static final int MAX_DISTURBED = 5;

  private final Look look;
  private final Suspects suspects;
  private final LeakOptions options;
  private final long self = Thread.currentThread().threadId();
  private final Pauses pauses;
  private int disturbed;

  private LeakChecker(Look look, Suspects suspects, LeakOptions options, Pauses pauses) {
    this.look = look;
    this.suspects = suspects;
    this.options = options;
    this.pauses = pauses;
  }

  /// Does about a leak what the options say, each time that it is called. The checks of JUnit leave
  /// out whom this has reported.
  ///
  /// @throws LeakError if there is one and they say that it fails
  /// @throws java.io.UncheckedIOException as [#find]
  public static void verify(Suspects suspects, LeakOptions options) {
    LeakTestReport report = find(suspects, options);
    if (report.isClean()) {
      return;
    }
    LeakTestReport leak = interrupted(report, options);
    if (Reported.claim(report.dump())) {
      RunMemory.current().leaks().add(leak);
    }
    act(leak, options, Asker.CODE);
  }

  /// The same for JUnit: who was reported before is left out.
  ///
  /// @throws LeakError if there is a leak and the options say that it fails
  /// @throws Meeting.Lost if the suspects are known by their tags, and the agent does not know them
  static void verify(Suspects suspects, LeakOptions options, Reporting reporting) {
    LeakTestReport report = find(new Suspects.Unreported(suspects), options, reporting);
    if (!report.isClean() && Reported.claim(report.dump())) {
      tell(report, options, reporting.asker());
    }
  }

  /// Does about `report`, which is not clean, and which nobody has told, what the options say.
  static void tell(LeakTestReport report, LeakOptions options, Asker asker) {
    LeakTestReport leak = interrupted(report, options);
    RunMemory.current().leaks().add(leak);
    act(leak, options, asker);
  }

  private static LeakTestReport interrupted(LeakTestReport report, LeakOptions options) {
    return options.onLeak() == OnLeak.FAIL_AND_INTERRUPT ? Interruption.of(report) : report;
  }

  private static void act(LeakTestReport leak, LeakOptions options, Asker asker) {
    if (RunMemory.current().isKept(leak)) {
      return;
    }
    if (options.onLeak() == OnLeak.WARN) {
      LOG.log(Level.WARNING, leak.toString());
      return;
    }
    LeakError error = new LeakError(leak);
    error.setStackTrace(asker.shown(error.getStackTrace()));
    throw error;
  }

  /// Who is left of the suspects, reported before or not; the report says also of none what was not
  /// seen, and why.
  ///
  /// @throws java.io.UncheckedIOException if a file that says what is ignored is missing or
  ///   malformed: whoever calls can mend it
  public static LeakTestReport find(Suspects suspects, LeakOptions options) {
    LeakOptions _ = withFiles(options);
    return find(suspects, options, Reporting.OF_CODE);
  }

  private static LeakTestReport find(Suspects suspects, LeakOptions options, Reporting reporting) {
    try (Pauses pauses = new Pauses()) {
      LeakOptions all = withFiles(options);
      Look look = Look.here();
      Optional<Dump> left = new LeakChecker(look, suspects, all, pauses).left();
      return left.isEmpty()
          ? clean(look.missing().stream().toList())
          : reporting.report(left.get(), look.missing().stream().toList());
    } catch (Meeting.Lost e) {
      throw e;
    } catch (IOException | RuntimeException | LinkageError e) {
      String failed = "the check for leaked threads failed, and says nothing: " + e;
      LOG.log(Level.WARNING, failed);
      return clean(List.of(failed));
    }
  }

  /// These, and ignores what files say; a check with them begins.
  static LeakOptions withFiles(LeakOptions options) {
    RunMemory run = RunMemory.current();
    LeakOptions all = options.ignoring(SharedIgnores.rules()).ignoring(run.baseline());
    run.ignores().asked(all.ignored());
    return all;
  }

  /// @param notes what it does not see
  private static LeakTestReport clean(List<String> notes) {
    Dump.Collector none = new Dump.Collector();
    none.end();
    return new LeakTestReport(Reporting.NO_TEST, none.dumps().getFirst(), List.of(), notes);
  }

  /// The threads that are left; empty if none is.
  private Optional<Dump> left() throws IOException {
    while (true) {
      Moment before = Moment.now();
      Suspects.Members members = suspects.now();
      if (members.areNone()) {
        if (isSure(before)) {
          return Optional.empty();
        }
        continue;
      }
      Dump all = look.dump();
      Dump left = unexpected(all.only(members.in(all).and(this::counts)), options);
      boolean isUnseen = hasUnseen(members, all);
      if (left.rows() == 0 && !isUnseen && isSure(before)) {
        return Optional.empty();
      }
      if (!pauses.pause(limit(left.rows() == 0))) {
        return left.rows() == 0 ? Optional.empty() : Optional.of(left);
      }
    }
  }

  /// Whether nobody was overlooked since `before`: threads are listed one after the other, so that
  /// one may have ended in time to be missed, and started another one too late to be seen.
  private boolean isSure(Moment before) {
    return before.noneSince() || disturbed++ >= MAX_DISTURBED;
  }

  private boolean counts(DumpThread thread) {
    return thread.id().orElse(self) != self && ExpectedThreads.reason(thread).isEmpty();
  }

  /// Those of `dump` that no ignore expects.
  static Dump unexpected(Dump dump, LeakOptions options) {
    Set<Integer> kept = new HashSet<>();
    List<StackGroup> groups =
        options
            .ignored()
            .unsuppressed(Groups.of(dump), dump, RunMemory.current().ignores()::matched);
    groups.forEach(group -> kept.addAll(group.rows()));
    int[] row = {0};
    return dump.only(_ -> kept.contains(row[0]++));
  }

  /// Whether a suspect is in no list: it has just begun or ended, or the collector took it.
  private static boolean hasUnseen(Suspects.Members members, Dump all) {
    Set<Long> seen = new HashSet<>();
    if (members.ids().length > 0) {
      all.forEach(thread -> thread.id().ifPresent(seen::add));
    }
    for (long id : members.ids()) {
      if (!seen.contains(id)) {
        return true;
      }
    }
    return false;
  }

  private Duration limit(boolean onlyUnseen) {
    return onlyUnseen && options.within().compareTo(COLLECTED_WITHIN) < 0
        ? COLLECTED_WITHIN
        : options.within();
  }
}
