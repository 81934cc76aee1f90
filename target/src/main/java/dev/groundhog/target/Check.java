package dev.groundhog.target;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.KnownFunctions;
import dev.groundhog.leak.LabelledWork;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Looks;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.leak.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The check of an integration test: after the work is done, none of these functions may be on any
/// stack of the process under test, or none that it marks itself, or no thread of it may work for a
/// client who has gone. It looks again and again until that holds or the time is over.
///
/// ```java
/// Target.of("http://127.0.0.1:6060").check().absent("Server.logsContainer").within(Duration.ofSeconds(10));
/// Target.of("http://127.0.0.1:6060").check().leakProne().within(Duration.ofSeconds(10));
/// Target.of("http://127.0.0.1:6060").check().noneAbandoned().within(Duration.ofSeconds(10));
/// ```
///
/// A name that the target does not know is told: a check for it can never fail. [#within] logs it
/// as a warning, or fails with [#failingOnStale]. So it is with a server that labels no work, of
/// which no thread can be abandoned.
///
/// Immutable.
public final class Check {
  /// The pause between two looks.
  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final String SILENT =
      "this dump does not tell whose clients have gone: a look through Groundhog's agent does,"
          + " 'groundhog agent PID' loads it";

  private static final System.Logger LOG = System.getLogger(Check.class.getName());

  private final Target target;
  private final List<FunctionPattern> absent;

  /// By which rules no thread may be abandoned, if that is asked.
  private final Optional<LeakRules> abandoned;

  /// Whether the functions that the target marks must be absent too.
  private final boolean leakProne;

  private final boolean failOnStale;

  Check(
      Target target,
      List<FunctionPattern> absent,
      Optional<LeakRules> abandoned,
      boolean leakProne,
      boolean failOnStale) {
    this.target = target;
    this.absent = List.copyOf(absent);
    this.abandoned = abandoned;
    this.leakProne = leakProne;
    this.failOnStale = failOnStale;
  }

  /// This check with more functions that must be absent; see [FunctionPattern] for how they are
  /// written.
  public Check absent(String... functions) {
    return absent(Stream.of(functions).map(FunctionPattern::parse).toList());
  }

  /// This check with more functions that must be absent.
  public Check absent(List<FunctionPattern> functions) {
    return new Check(
        target,
        Stream.concat(absent.stream(), functions.stream()).toList(),
        abandoned,
        leakProne,
        failOnStale);
  }

  /// This check, failing also while a function is on a stack that the target marks with
  /// `dev.groundhog.mark.LeakProne`. Which these are is asked once in a run, of the agent or an
  /// endpoint in the server. Where it marks none the check ends with a [TargetException]: it could
  /// never fail.
  public Check leakProne() {
    return new Check(target, absent, abandoned, true, failOnStale);
  }

  /// This check, failing also while a thread works on for a client who has been gone for more than
  /// 10 seconds. The server needs `groundhog-context`, and the agent or an endpoint of its own.
  public Check noneAbandoned() {
    return noneAbandoned(LeakRules.DEFAULT.grace());
  }

  /// This check, failing also while a thread works on for a client who has been gone for at least
  /// `grace`. One who left just now is not missed yet: a test that does not want to wait asks for a
  /// short time here, and gives the handlers theirs by [#within].
  public Check noneAbandoned(Duration grace) {
    return new Check(
        target, absent, Optional.of(LeakRules.DEFAULT.withGrace(grace)), leakProne, failOnStale);
  }

  /// This check, failing also if the target has no such function. A JVM does not know a function
  /// whose class it has not loaded yet.
  public Check failingOnStale() {
    return new Check(target, absent, abandoned, leakProne, true);
  }

  /// Looks until the functions are absent and no thread is abandoned or `limit` is over, and fails
  /// then.
  ///
  /// @throws AssertionError if one is still there, with the stacks, or if a name is stale and that
  ///   must fail
  /// @throws TargetException if the target cannot be read, or only in part and nothing was seen, or
  ///   if it does not tell what is asked: whose clients have gone, or which functions it marks
  public void within(Duration limit) throws TargetException, InterruptedException {
    CheckResult result = run(limit);
    if (result.failed()) {
      throw new AssertionError(describe(result, limit));
    }
    if (result.incomplete().isPresent()) {
      throw new TargetException(
          TargetException.Code.INCOMPLETE, target.name() + ": " + result.incomplete().get());
    }
    result.elided().ifPresent(note -> LOG.log(System.Logger.Level.WARNING, note));
    result.marked().warnings().forEach(note -> LOG.log(System.Logger.Level.WARNING, note));
    for (UnknownName name : result.stale()) {
      if (failOnStale) {
        throw new AssertionError(name.toString());
      }
      LOG.log(System.Logger.Level.WARNING, name.toString());
    }
  }

  /// Looks until the functions are absent and no thread is abandoned or `limit` is over, and tells
  /// what it saw. At least one look is taken, and one more at the end of the limit; no more than
  /// one at what does not change.
  public CheckResult run(Duration limit) throws TargetException, InterruptedException {
    if (absent.isEmpty() && abandoned.isEmpty() && !leakProne) {
      throw new IllegalStateException(
          "name at least one function that must be absent, or ask that none be abandoned, or for"
              + " what is marked");
    }
    long beganNanos = System.nanoTime();
    Set<FunctionPattern> seen = new HashSet<>();
    MarkedFunctions marked = MarkedFunctions.NONE;
    int looks = 0;
    while (true) {
      boolean last = !target.changes() || !left(limit, beganNanos).isPositive();
      Target.Look look = target.look();
      if (leakProne && looks == 0) {
        marked = marked();
      }
      CheckResult result = result(look, seen, ++looks, marked);
      if (last || result.passed()) {
        return result.with(unknown(seen, result));
      }
      Duration left = left(limit, beganNanos);
      Duration pause = left.compareTo(PAUSE) < 0 ? left : PAUSE;
      if (pause.isPositive()) {
        Thread.sleep(pause);
      }
    }
  }

  /// What one look shows, without the unknown names.
  ///
  /// @param seen takes the names that are there
  private CheckResult result(
      Target.Look look, Set<FunctionPattern> seen, int looks, MarkedFunctions marked) {
    Dump dump = look.dump();
    List<StackGroup> present = present(dump, marked);
    present.forEach(g -> absent.stream().filter(p -> p.matches(g.stack())).forEach(seen::add));
    List<Finding> gone = abandoned.map(rules -> abandoned(rules, dump)).orElse(List.of());
    return new CheckResult(
        present,
        gone,
        abandoned.isPresent() && !tellsClients(dump) ? Optional.of(SILENT) : Optional.empty(),
        List.of(),
        look,
        looks,
        marked);
  }

  private MarkedFunctions marked() throws TargetException {
    MarkedFunctions marked = target.markedFunctions();
    if (marked.count() == 0) {
      String damaged = marked.warnings().stream().findFirst().map(w -> " (" + w + ")").orElse("");
      throw new TargetException(
          TargetException.Code.USAGE,
          target.name()
              + " marks no function @LeakProne"
              + damaged
              + ", so there is nothing to check: was it compiled with the annotation processor? Or"
              + " name functions, as in --absent Server.logs");
    }
    return marked;
  }

  private static List<Finding> abandoned(LeakRules rules, Dump dump) {
    return rules.judge(dump, new Looks()).stream()
        .filter(finding -> finding.verdict().equals(Optional.of(Verdict.ABANDONED)))
        .toList();
  }

  private static boolean tellsClients(Dump dump) {
    return dump.process().format().equals(ProcessInfo.LIVE) || hasClientGone(dump);
  }

  /// Whether a client has gone for whom somebody works, however long ago.
  private static boolean hasClientGone(Dump dump) {
    boolean[] has = {false};
    dump.forEach(thread -> has[0] |= thread.clientGone().isPresent());
    return has[0];
  }

  private static Duration left(Duration limit, long beganNanos) {
    return limit.minusNanos(System.nanoTime() - beganNanos);
  }

  /// What a run of this check showed, as a report for programs.
  public LeakReport report(CheckResult result) {
    List<String> warnings =
        Stream.of(
                result.last().note().stream(),
                result.silent().stream(),
                result.marked().warnings().stream(),
                withinGrace(result).stream(),
                result.unknown().stream().map(UnknownName::toString),
                result.elided().stream())
            .flatMap(texts -> texts)
            .toList();
    return target.report(result.dump(), Optional.empty(), result.findings(absent), warnings);
  }

  /// What there is to say of threads whose clients have gone for less than the grace time, if it
  /// was asked that none be abandoned.
  public Optional<String> withinGrace(CheckResult result) {
    return abandoned.flatMap(rules -> young(result.dump(), rules.grace()));
  }

  private static Optional<String> young(Dump dump, Duration grace) {
    long[] young = {0};
    dump.forEach(thread ->
        young[0] +=
            thread
                .clientGone()
                .filter(time -> time.compareTo(grace) < 0)
                .map(_ -> thread.count())
                .orElse(0L));
    boolean isOne = young[0] == 1;
    return young[0] == 0
        ? Optional.empty()
        : Optional.of(
            young[0]
                + (isOne ? " thread works for a client" : " threads work for clients")
                + " who left less than "
                + grace.toMillis() / 1000.0
                + " s ago, which is not held against "
                + (isOne ? "it" : "them")
                + " yet");
  }

  private List<StackGroup> present(Dump dump, MarkedFunctions marked) {
    return Groups.of(dump).stream()
        .filter(group ->
            absent.stream().anyMatch(pattern -> pattern.matches(group.stack()))
                || group.stack().frames().stream().anyMatch(marked::has))
        .toList();
  }

  /// Of names that were on a stack in any look nothing is asked: the answer is long.
  private List<UnknownName> unknown(Set<FunctionPattern> seen, CheckResult result) {
    Dump dump = result.dump();
    List<FunctionPattern> unseen = absent.stream().filter(p -> !seen.contains(p)).toList();
    boolean asksForLabels =
        abandoned.isPresent() && result.silent().isEmpty() && !hasClientGone(dump);
    if (unseen.isEmpty() && !asksForLabels) {
      return List.of();
    }
    KnownFunctions known = target.knownFunctions(dump);
    List<UnknownName> unknown = new ArrayList<>();
    for (FunctionPattern pattern : unseen) {
      if (!known.knows(pattern)) {
        unknown.add(new UnknownName(pattern, known.isComplete(pattern), known.nearest(pattern)));
      }
    }
    FunctionPattern entry = LabelledWork.ENTRY;
    if (asksForLabels && known.isComplete(entry) && !known.knows(entry)) {
      unknown.add(new UnknownName(entry, true, Optional.empty()));
    }
    return unknown;
  }

  private String describe(CheckResult result, Duration limit) {
    List<String> what = new ArrayList<>();
    if (!result.present().isEmpty()) {
      what.add(
          result.threads()
              + (result.threads() == 1 ? " thread still has " : " threads still have ")
              + wanted()
              + " on the stack");
    }
    if (!result.abandoned().isEmpty()) {
      long threads = LeakReport.threads(result.abandoned());
      what.add(threads + (threads == 1 ? " thread is abandoned" : " threads are abandoned"));
    }
    return String.join(", ", what)
        + " after "
        + limit.toMillis() / 1000.0
        + " s in "
        + target.name()
        + "\n\n"
        + Stream.of(
                StackText.first(
                    result.present(),
                    group -> StackText.text(group, result.marked().reasonsOn(group.stack()))),
                StackText.withReasons(result.abandoned()))
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining("\n"));
  }

  private String wanted() {
    String marked = leakProne ? "a function marked @LeakProne" : "";
    return absent.isEmpty() ? marked : absent + (leakProne ? " or " : "") + marked;
  }
}
