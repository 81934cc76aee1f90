package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.Warning;
import dev.groundhog.leak.CreationSite;
import dev.groundhog.leak.Deadlocks;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.Origin;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.leak.Suppression;
import dev.groundhog.leak.Verdict;
import dev.groundhog.leak.Words;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How groups and stacks look to a person: the most important line first, identical stacks once.
final class Report {
  private static final int MAX_WARNINGS_SHOWN = 5;
  private static final int MAX_CIRCLES = 10;
  private static final int MAX_SITES = 3;

  /// A JVM tells the whole stack that started a thread.
  private static final int MAX_CREATORS = 5;

  private static final String CREATED_BY = "created by ";
  private static final String INDENT = "    ";

  private final PrintWriter out;
  private final Theme theme;
  private final OptionalInt columns;

  Report(PrintWriter out, Theme theme) {
    this(out, theme, OptionalInt.empty());
  }

  /// @param columns where lines of words end, if they do
  Report(PrintWriter out, Theme theme, OptionalInt columns) {
    this.out = out;
    this.theme = theme;
    this.columns = columns;
  }

  /// `7 virtual threads, WAITING (process), at this stack for ≥ 2.1 s`, then who they are and their
  /// stack.
  ///
  /// @param dump what the group is of
  void group(StackGroup group, Dump dump, Optional<Duration> atLeast) {
    out.println(headline(group, since(atLeast)));
    body(group, new Members(dump));
  }

  /// The same with the time for which the threads wait as the dump tells it.
  void group(StackGroup group, Members members) {
    group(group, List.of(), members);
  }

  /// The same, with what is held against the threads.
  void group(StackGroup group, List<String> reasons, Members members) {
    out.println(headline(group, members.waiting(group)));
    because(reasons);
    body(group, members);
  }

  /// The verdict, its reasons, the stack, and the line that would suppress it.
  void finding(Finding finding, Members members) {
    StackGroup group = finding.group();
    String verdict = finding.verdict().map(Verdict::name).orElse(Text.ABSENT);
    out.println(
        (finding.accused() ? theme.alarm(verdict) : verdict)
            + "  "
            + headline(
                group,
                Stream.of(since(finding.atLeast()), growth(finding.growthPerMinute()))
                    .filter(text -> !text.isEmpty())
                    .collect(Collectors.joining(", "))));
    because(finding.reasons());
    if (finding.proven()) {
      facts(List.of(members.waitsOn(group), members.startedBy(group), members.who(group)));
      stacks(group, members);
    } else {
      body(group, members);
    }
    if (finding.accused()) {
      out.println(theme.faint("    to expect it: " + Text.line(Suppression.lineFor(group))));
    }
  }

  /// Circles of threads that wait for each other.
  void deadlocks(Dump dump) {
    List<List<DumpThread>> circles = Deadlocks.of(dump);
    Members members = new Members(dump);
    for (List<DumpThread> circle : circles.subList(0, Math.min(MAX_CIRCLES, circles.size()))) {
      out.println();
      out.println(
          theme.alarm("deadlock")
              + " of "
              + Text.count(circle.size(), "thread", "threads")
              + ", each blocked on what the next one holds");
      for (DumpThread thread : circle.subList(0, Math.min(MAX_CIRCLES, circle.size()))) {
        out.println("    " + Members.who(thread) + " " + members.blockedOn(thread));
      }
    }
    if (circles.size() > MAX_CIRCLES) {
      out.println("and " + Text.number(circles.size() - MAX_CIRCLES) + " more deadlocks");
    }
  }

  private void because(List<String> reasons) {
    reasons.forEach(reason ->
        Text.wrapped("because " + Text.line(reason), INDENT, columns).forEach(out::println));
  }

  private void body(StackGroup group, Members members) {
    facts(List.of(members.who(group), members.started(group), members.blockedOn(group)));
    stacks(group, members);
  }

  private void stacks(StackGroup group, Members members) {
    stack(group.sample());
    creators(group, members);
  }

  /// `+36/min`; empty if it is not known, or did not change.
  private static String growth(OptionalDouble perMinute) {
    return perMinute.orElse(0) == 0 ? "" : Text.perMinute(perMinute);
  }

  private static String since(Optional<Duration> atLeast) {
    return atLeast.map(d -> "at this stack for ≥ " + Text.duration(d)).orElse("");
  }

  private String headline(StackGroup group, String time) {
    DumpThread sample = group.sample();
    StringBuilder line = new StringBuilder();
    line.append(
        theme.strong(
            Text.count(group.count(), Words.noun(sample.kind(), 1), Words.noun(sample.kind(), 2))));
    line.append(", ").append(doing(sample));
    line.append(time.isEmpty() ? "" : ", ").append(time);
    return line.append(labels(sample)).toString();
  }

  /// `, {method=GET, route=/logs}`; empty if it has none.
  static String labels(DumpThread thread) {
    return thread.labels().isEmpty()
        ? ""
        : ", " + Text.line(new TreeMap<>(thread.labels()).toString());
  }

  private void facts(List<String> facts) {
    facts.stream()
        .filter(fact -> !fact.isEmpty())
        .flatMap(fact -> Text.wrapped(fact, INDENT, columns).stream())
        .forEach(line -> out.println(theme.faint(line)));
  }

  private void stack(DumpThread thread) {
    Optional<Frame> culprit = Origin.culprit(thread.stack(), thread.kind());
    int index = 0;
    for (Frame frame : thread.stack().frames()) {
      if (index++ == thread.stack().elidedAfter()) {
        out.println(theme.faint("      … frames left out by the runtime …"));
      }
      boolean isCulprit = culprit.filter(c -> c.equals(frame)).isPresent();
      String function = Text.line(frame.function());
      out.println(
          (isCulprit ? "    → " : "      ")
              + (isCulprit ? theme.alarm(function) : function)
              + "  "
              + theme.faint(Text.line(frame.location())));
    }
    if (thread.stack().frames().isEmpty() && !thread.wasCollected()) {
      out.println(theme.faint("      (no stack)"));
    }
  }

  /// Where the threads were started: the most frequent places, each with its first frames.
  private void creators(StackGroup group, Members members) {
    List<CreationSite> sites = members.creationSites(group);
    for (CreationSite site : sites.subList(0, Math.min(MAX_SITES, sites.size()))) {
      String share = Members.share("  ", site.threads(), group.count());
      String before = CREATED_BY;
      List<Frame> frames = site.stack().frames();
      for (Frame frame : frames.subList(0, Math.min(MAX_CREATORS, frames.size()))) {
        out.println(
            "      "
                + theme.faint(before)
                + Text.line(frame.function())
                + "  "
                + theme.faint(Text.line(frame.location()) + share));
        before = " ".repeat(CREATED_BY.length());
        share = "";
      }
      if (frames.size() > MAX_CREATORS) {
        out.println(
            "      "
                + theme.faint(before + "… " + (frames.size() - MAX_CREATORS) + " more frames"));
      }
    }
    if (sites.size() > MAX_SITES) {
      out.println("      " + theme.faint("and " + (sites.size() - MAX_SITES) + " more places"));
    }
    members
        .unrecorded(group)
        .filter(_ -> sites.isEmpty())
        .ifPresent(
            why -> out.println("      " + theme.faint(CREATED_BY + Text.ABSENT + "  " + why)));
  }

  void warnings(Dump dump) {
    List<Warning> warnings = dump.warnings();
    for (Warning warning : warnings.subList(0, Math.min(MAX_WARNINGS_SHOWN, warnings.size()))) {
      out.println("warning: " + Text.line(warning.toString()));
    }
    if (warnings.size() > MAX_WARNINGS_SHOWN) {
      out.println("warning: and " + (warnings.size() - MAX_WARNINGS_SHOWN) + " more");
    }
  }

  /// `WAITING (queue)`, `chan receive`, `RUNNABLE`.
  static String doing(DumpThread thread) {
    return Text.line(Words.doing(thread));
  }
}
