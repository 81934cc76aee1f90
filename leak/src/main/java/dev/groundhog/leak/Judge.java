package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.WaitKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Judges the groups of one dump by some rules.
///
/// @param dump the latest of `looks`
/// @param changes how signatures changed since the baseline, if there is one
record Judge(LeakRules rules, Dump dump, Looks looks, Map<String, Change> changes) {
  /// What there is to say of a group, of which all threads are suppressed or none.
  ///
  /// @param left takes those of its threads that are abandoned, for [#abandoned]
  Stream<Finding> findings(
      StackGroup group, Optional<Suppression> suppression, Consumer<StackGroup> left) {
    List<String> growth = growth(group);
    boolean grew = !growth.isEmpty();
    Optional<String> expected =
        expectedBy(group, suppression, grew || group.count() >= rules.atLeast());
    if (expected.isPresent()) {
      List<String> why = new ArrayList<>(List.of(expected.get()));
      if (suppression.isEmpty()) {
        why.addAll(growth);
      }
      return Stream.of(
          new Finding(group, Optional.of(Verdict.EXPECTED), why, suppression, waited(group), grew));
    }
    List<Integer> gone = clientsGone(group);
    if (gone.isEmpty()) {
      return unexpected(group, growth);
    }
    left.accept(group.part(gone, dump));
    return gone.size() == group.rows().size()
        ? Stream.empty()
        : unexpected(without(group, gone), growth);
  }

  private Stream<Finding> unexpected(StackGroup group, List<String> growth) {
    boolean grew = !growth.isEmpty();
    List<String> reasons = sizeAndMark(group);
    reasons.addAll(growth);
    List<Integer> longest = waitingForLong(group);
    if (longest.isEmpty()) {
      return Stream.of(unexpected(group, reasons, grew));
    }
    StackGroup hanging = group.part(longest, dump);
    String wait = waiting(hanging, group);
    if (reasons.isEmpty() && longest.size() < group.rows().size()) {
      return Stream.of(
          unexpected(hanging, List.of(wait), false),
          unexpected(without(group, longest), List.of(), false));
    }
    reasons.add(wait);
    return Stream.of(unexpected(group, reasons, grew));
  }

  private Finding unexpected(StackGroup group, List<String> reasons, boolean grew) {
    Optional<Verdict> verdict =
        proven(group.sample())
            .or(() -> reasons.isEmpty() ? Optional.empty() : Optional.of(Verdict.SUSPECTED));
    return new Finding(group, verdict, reasons, Optional.empty(), waited(group), grew);
  }

  /// A collector says so. That a thread of a JVM was collected is concluded from lists that miss
  /// it, which may miss one that lives: that is a suspicion.
  private static Optional<Verdict> proven(DumpThread thread) {
    return !thread.leaked() || thread.wasCollected()
        ? Optional.empty()
        : Optional.of(thread.stranded() ? Verdict.STRANDED : Verdict.PROVEN);
  }

  private static String proof(DumpThread thread) {
    if (thread.wasCollected()) {
      return "started, not ended, and in no list: nobody held it, and the collector took it";
    }
    if (thread.kind() == ThreadKind.GOROUTINE) {
      return "marked as leaked by Go's collector";
    }
    return thread.stranded()
        ? "a collection found that nothing that can run holds it or what it waits on; only the"
            + " shutdown of an executor, its own ("
            + thread.group()
            + ") or that of another such thread which reaches it, could make it go on"
        : "a collection found that nothing that can run holds it, what it waits on, or its"
            + " executor";
  }

  private Stream<Duration> clientGone(StackGroup group) {
    return group.rows().stream().flatMap(row -> dump.row(row).clientGone().stream());
  }

  /// The threads whose client has been gone for too long, unless the runtime has proven more.
  private List<Integer> clientsGone(StackGroup group) {
    return group.sample().leaked()
        ? List.of()
        : group.rows().stream()
            .filter(row ->
                dump.row(row)
                    .clientGone()
                    .filter(time -> time.compareTo(rules.grace()) >= 0)
                    .isPresent())
            .toList();
  }

  /// What there is to say of threads that work for clients who have gone.
  Finding abandoned(StackGroup group) {
    long shortest = clientGone(group).mapToLong(Duration::toSeconds).min().orElseThrow();
    long longest = clientGone(group).mapToLong(Duration::toSeconds).max().orElseThrow();
    String reason =
        (group.count() == 1 ? "its client has" : "their clients have")
            + " been gone for "
            + (shortest == longest ? "" : shortest + " to ")
            + longest
            + " s, the grace time is "
            + rules.grace().toSeconds()
            + " s";
    return new Finding(
        group,
        Optional.of(Verdict.ABANDONED),
        List.of(reason),
        Optional.empty(),
        waited(group),
        false);
  }

  private StackGroup without(StackGroup group, List<Integer> some) {
    Set<Integer> left = new HashSet<>(some);
    return group.part(group.rows().stream().filter(row -> !left.contains(row)).toList(), dump);
  }

  private Optional<Duration> waited(StackGroup group) {
    return group.sample().wasCollected() ? Optional.empty() : looks.atLeast(group, dump);
  }

  /// A reviewed rule stands above everything, the runtime's own proof above the built-in rules: an
  /// idle worker whose pool nobody can reach is a leak. Rules that guess yield to numbers. Where
  /// the others do not, growth is told all the same: pools that are never closed leave idle
  /// workers.
  private static Optional<String> expectedBy(
      StackGroup group, Optional<Suppression> suppression, boolean isMany) {
    if (suppression.isPresent()) {
      return suppression.map(rule -> "suppressed by " + rule.place() + ": " + rule.reason());
    }
    if (group.sample().leaked()) {
      return Optional.empty();
    }
    return isMany ? ExpectedRules.certainRuleFor(group) : ExpectedRules.ruleFor(group);
  }

  private List<String> sizeAndMark(StackGroup group) {
    List<String> reasons = new ArrayList<>();
    if (group.sample().leaked()) {
      reasons.add(proof(group.sample()));
    }
    if (group.count() >= rules.atLeast()) {
      reasons.add(group.count() + " threads at one stack, the limit is " + rules.atLeast());
    }
    return reasons;
  }

  private List<Integer> waitingForLong(StackGroup group) {
    return group.rows().stream()
        .filter(row -> {
          DumpThread thread = dump.row(row);
          return waitsWithoutDeadline(thread)
              && looks
                  .atLeast(thread)
                  .filter(time -> time.compareTo(rules.older()) >= 0)
                  .isPresent();
        })
        .toList();
  }

  private String waiting(StackGroup longest, StackGroup group) {
    return (longest.count() == group.count()
            ? longest.count() == 1 ? "it waits" : "all wait"
            : longest.count() + " of the " + group.count() + " at this stack wait")
        + " for at least "
        + waited(longest).orElseThrow().toSeconds()
        + " s, the limit is "
        + rules.older().toSeconds()
        + " s";
  }

  /// What grew over the baseline, and what gathers from look to look for as long as a wait would
  /// have to last.
  private List<String> growth(StackGroup group) {
    return Stream.of(
            growthOverBaseline(group),
            looks
                .growth(group, dump)
                .filter(growth -> growth.over().compareTo(rules.older()) >= 0)
                .map(growth ->
                    growth.newcomers()
                        + " new threads came to this stack in "
                        + growth.over().toSeconds()
                        + " s, and none left"))
        .flatMap(Optional::stream)
        .toList();
  }

  /// Growth is that of the whole signature: a leak whose threads wait at two lines, or differ in
  /// their labels, is one leak.
  private Optional<String> growthOverBaseline(StackGroup group) {
    return Optional.ofNullable(changes.get(group.signature()))
        .filter(change -> change.growth() > 0)
        .map(change ->
            "grew from "
                + change.before()
                + " to "
                + change.after()
                + " over the baseline"
                + (change.newcomers().isPresent()
                    ? ", " + change.newcomers().getAsLong() + " of them new"
                    : "")
                + (group.count() < change.after()
                    ? "; this counts all groups with its signature"
                    : ""));
  }

  /// A thread of the JVM that reads from a pipe or socket says `RUNNABLE`; what it waits for tells.
  static boolean waitsWithoutDeadline(DumpThread thread) {
    return !thread.wasCollected() && isStuck(thread);
  }

  private static boolean isStuck(DumpThread thread) {
    return switch (thread.state()) {
      case WAITING, BLOCKED, UNKNOWN, SYSCALL -> true;
      case RUNNING, RUNNABLE -> thread.waitKind() != WaitKind.NONE;
      case NEW, TIMED_WAITING, TERMINATED -> false;
    };
  }
}
