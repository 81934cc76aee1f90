package dev.groundhog.target;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.Warning;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.KnownFunctions;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.leak.Verdict;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The check of an integration test: after the work is done, none of these functions may be on any
/// stack of the process under test. It looks again and again until that holds or the time is over.
///
/// ```java
/// Target.of("http://127.0.0.1:6060").check().absent("Server.logsContainer").within(Duration.ofSeconds(10));
/// ```
///
/// A name that the target does not know is told: a check for it can never fail. [#within] logs it
/// as a warning, or fails with [#failingOnStale].
///
/// Immutable.
public final class Check {
  /// The pause between two looks.
  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final int MAX_SHOWN = 20;

  private static final System.Logger LOG = System.getLogger(Check.class.getName());

  private final Target target;
  private final List<FunctionPattern> absent;
  private final boolean failOnStale;

  Check(Target target, List<FunctionPattern> absent, boolean failOnStale) {
    this.target = target;
    this.absent = List.copyOf(absent);
    this.failOnStale = failOnStale;
  }

  /// A name that must be absent, is absent, and is not known to the target.
  ///
  /// @param pattern as it was given
  /// @param stale whether the target tells its functions and this is none of them; else it is only
  ///   on no stack
  /// @param nearest the name that was probably meant
  public record UnknownName(FunctionPattern pattern, boolean stale, Optional<String> nearest) {
    @Override
    public String toString() {
      return (stale
              ? "stale name: the target has no " + pattern + " loaded"
              : pattern + " is on no stack, and this target does not tell its functions")
          + nearest.map(name -> ": did you mean " + name + "?").orElse("");
    }
  }

  /// What the last look showed.
  ///
  /// @param present the groups that have one of the functions on their stacks
  /// @param unknown the names that the target does not know
  /// @param last the last look
  /// @param looks how many looks were taken
  public record Result(
      List<StackGroup> present, List<UnknownName> unknown, Target.Look last, int looks) {
    public Result {
      present = List.copyOf(present);
      unknown = List.copyOf(unknown);
    }

    /// What the last look showed.
    public Dump dump() {
      return last.dump();
    }

    /// None of the functions is on any stack, and nothing of the dump was lost.
    public boolean passed() {
      return present.isEmpty() && dump().warnings().isEmpty();
    }

    /// Why the check neither passed nor failed: none of the functions was seen, but they may be in
    /// what was lost of the dump.
    public Optional<String> incomplete() {
      if (passed() || !present.isEmpty()) {
        return Optional.empty();
      }
      List<Warning> lost = dump().warnings();
      return Optional.of(
          "the dump is incomplete, so nothing is shown by what is not in it: "
              + lost.getFirst()
              + (lost.size() == 1 ? "" : " (and " + (lost.size() - 1) + " more)"));
    }

    /// What there is to say of stacks in whose middle the runtime left out frames, as Go does
    /// behind the first 50 of long ones: a function may have been among them.
    public Optional<String> elided() {
      long[] threads = {0};
      dump().forEach(t -> threads[0] += t.stack().elided() == 0 ? 0 : t.count());
      return threads[0] == 0
          ? Optional.empty()
          : Optional.of("stacks from which the runtime left out frames: " + threads[0]);
    }

    /// The groups that have `pattern` on their stacks.
    public List<StackGroup> present(FunctionPattern pattern) {
      return present.stream().filter(group -> pattern.matches(group.stack())).toList();
    }

    /// What there is to say of the groups that are still there, as in a report.
    List<Finding> findings(List<FunctionPattern> absent) {
      return present.stream().map(group -> finding(group, absent)).toList();
    }

    private static Finding finding(StackGroup group, List<FunctionPattern> absent) {
      List<String> reasons =
          absent.stream()
              .filter(pattern -> pattern.matches(group.stack()))
              .map(pattern -> pattern + " is still on the stack")
              .toList();
      return new Finding(
          group,
          Optional.of(Verdict.SUSPECTED),
          reasons,
          Optional.empty(),
          Optional.empty(),
          false);
    }

    /// The names of which a check can never fail.
    public List<UnknownName> stale() {
      return unknown.stream().filter(UnknownName::stale).toList();
    }

    /// How many threads still have one of the functions on their stacks.
    public long threads() {
      return present.stream().mapToLong(StackGroup::count).sum();
    }
  }

  /// This check with more functions that must be absent; see [FunctionPattern] for how they are
  /// written.
  public Check absent(String... functions) {
    return absent(Stream.of(functions).map(FunctionPattern::parse).toList());
  }

  /// This check with more functions that must be absent.
  public Check absent(List<FunctionPattern> functions) {
    return new Check(
        target, Stream.concat(absent.stream(), functions.stream()).toList(), failOnStale);
  }

  /// This check, failing also if the target has no such function. A JVM does not know a function
  /// whose class it has not loaded yet.
  public Check failingOnStale() {
    return new Check(target, absent, true);
  }

  /// Looks until the functions are absent or `limit` is over, and fails then.
  ///
  /// @throws AssertionError if one is still there, with the stacks, or if a name is stale and that
  ///   must fail
  /// @throws TargetException if the target cannot be read, or only in part and none of them was
  ///   seen
  public void within(Duration limit) throws TargetException, InterruptedException {
    Result result = run(limit);
    if (!result.present().isEmpty()) {
      throw new AssertionError(describe(result, limit));
    }
    if (result.incomplete().isPresent()) {
      throw new TargetException(
          TargetException.Code.INCOMPLETE, target.name() + ": " + result.incomplete().get());
    }
    result.elided().ifPresent(note -> LOG.log(System.Logger.Level.WARNING, note));
    for (UnknownName name : result.stale()) {
      if (failOnStale) {
        throw new AssertionError(name.toString());
      }
      LOG.log(System.Logger.Level.WARNING, name.toString());
    }
  }

  /// Looks until the functions are absent or `limit` is over, and tells what it saw. At least one
  /// look is taken, and one more at the end of the limit; no more than one at what does not change.
  public Result run(Duration limit) throws TargetException, InterruptedException {
    if (absent.isEmpty()) {
      throw new IllegalStateException("name at least one function that must be absent");
    }
    long beganNanos = System.nanoTime();
    Set<FunctionPattern> seen = new HashSet<>();
    int looks = 0;
    while (true) {
      boolean last = !target.changes() || !left(limit, beganNanos).isPositive();
      Target.Look look = target.look();
      Dump dump = look.dump();
      List<StackGroup> present = present(dump);
      present.forEach(g -> absent.stream().filter(p -> p.matches(g.stack())).forEach(seen::add));
      looks++;
      if (last || (present.isEmpty() && dump.warnings().isEmpty())) {
        return new Result(present, unknown(seen, dump), look, looks);
      }
      Duration left = left(limit, beganNanos);
      Duration pause = left.compareTo(PAUSE) < 0 ? left : PAUSE;
      if (pause.isPositive()) {
        Thread.sleep(pause);
      }
    }
  }

  private static Duration left(Duration limit, long beganNanos) {
    return limit.minusNanos(System.nanoTime() - beganNanos);
  }

  /// What a run of this check showed, as a report for programs.
  public LeakReport report(Result result) {
    List<String> warnings =
        Stream.of(
                result.last().note().stream(),
                result.unknown().stream().map(UnknownName::toString),
                result.elided().stream())
            .flatMap(texts -> texts)
            .toList();
    return target.report(result.dump(), Optional.empty(), result.findings(absent), warnings);
  }

  private List<StackGroup> present(Dump dump) {
    return Groups.of(dump).stream()
        .filter(group -> absent.stream().anyMatch(pattern -> pattern.matches(group.stack())))
        .toList();
  }

  /// Of names that were on a stack in any look nothing is asked: the answer is long.
  private List<UnknownName> unknown(Set<FunctionPattern> seen, Dump dump) {
    List<FunctionPattern> unseen = absent.stream().filter(p -> !seen.contains(p)).toList();
    if (unseen.isEmpty()) {
      return List.of();
    }
    KnownFunctions known = target.knownFunctions(dump);
    return unseen.stream()
        .filter(p -> !known.knows(p))
        .map(p -> new UnknownName(p, known.isComplete(p), known.nearest(p)))
        .toList();
  }

  private String describe(Result result, Duration limit) {
    StringBuilder text = new StringBuilder();
    text.append(result.threads())
        .append(result.threads() == 1 ? " thread still has " : " threads still have ")
        .append(absent)
        .append(" on the stack after ")
        .append(limit.toMillis() / 1000.0)
        .append(" s in ")
        .append(target.name());
    return text.append("\n\n").append(stacks(result.present())).toString();
  }

  /// The groups' sizes and stacks as text: the first 20 groups, control characters replaced.
  public static String stacks(List<StackGroup> groups) {
    StringBuilder text = new StringBuilder();
    for (StackGroup group : groups.subList(0, Math.min(groups.size(), MAX_SHOWN))) {
      String reason = group.sample().waitReason();
      text.append(text.isEmpty() ? "" : "\n").append(group.count()).append(" × ");
      text.append(safe(reason.isEmpty() ? group.sample().state().toString() : reason)).append('\n');
      for (Frame frame : group.stack().frames()) {
        text.append("\tat ").append(safe(frame.function()));
        text.append(" (").append(safe(frame.location())).append(")\n");
      }
    }
    return groups.size() <= MAX_SHOWN
        ? text.toString()
        : text.append("\nand ")
            .append(groups.size() - MAX_SHOWN)
            .append(" more stacks\n")
            .toString();
  }

  private static String safe(String foreign) {
    return foreign.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "\uFFFD");
  }
}
