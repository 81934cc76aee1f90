package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import dev.groundhog.dump.Warning;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.Origin;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.leak.Suppression;
import dev.groundhog.leak.Verdict;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How groups and stacks look to a person: the most important line first, identical stacks once.
final class Report {
  private static final int MAX_WARNINGS_SHOWN = 5;

  private final PrintWriter out;
  private final Theme theme;

  Report(PrintWriter out, Theme theme) {
    this.out = out;
    this.theme = theme;
  }

  /// `7 virtual threads, WAITING (process), at this stack for ≥ 2.1 s`, then the stack.
  void group(StackGroup group, Optional<Duration> atLeast) {
    out.println(headline(group, atLeast));
    stack(group.sample());
  }

  /// The verdict, its reasons, the stack, and the line that would suppress it.
  void finding(Finding finding) {
    StackGroup group = finding.group();
    String verdict = finding.verdict().map(Verdict::name).orElse(Text.ABSENT);
    out.println(
        (finding.accused() ? theme.alarm(verdict) : verdict)
            + "  "
            + headline(group, finding.atLeast()));
    finding.reasons().forEach(reason -> out.println("    because " + Text.line(reason)));
    stack(group.sample());
    if (finding.accused()) {
      out.println(theme.faint("    to expect it: " + Text.line(Suppression.lineFor(group))));
    }
  }

  private String headline(StackGroup group, Optional<Duration> atLeast) {
    DumpThread sample = group.sample();
    StringBuilder line = new StringBuilder();
    line.append(
        theme.strong(Text.count(group.count(), noun(sample.kind(), 1), noun(sample.kind(), 2))));
    line.append(", ").append(doing(sample));
    line.append(", at this stack for ");
    line.append(atLeast.map(d -> "≥ " + Text.duration(d)).orElse(Text.ABSENT));
    if (!sample.labels().isEmpty()) {
      line.append(", ").append(Text.line(sample.labels().toString()));
    }
    return line.toString();
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
    if (thread.stack().frames().isEmpty()) {
      out.println(theme.faint("      (no stack)"));
    }
    for (Frame frame : thread.createdBy().frames()) {
      out.println(
          "      "
              + theme.faint("created by ")
              + Text.line(frame.function())
              + "  "
              + theme.faint(Text.line(frame.location())));
    }
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

  static String noun(ThreadKind kind, long count) {
    String one =
        switch (kind) {
          case VIRTUAL -> "virtual thread";
          case PLATFORM -> "platform thread";
          case GOROUTINE -> "goroutine";
        };
    return count == 1 ? one : one + "s";
  }

  /// `WAITING (queue)`, `chan receive`, `RUNNABLE`.
  static String doing(DumpThread thread) {
    if (thread.kind() == ThreadKind.GOROUTINE && !thread.waitReason().isEmpty()) {
      return Text.line(thread.waitReason());
    }
    String wait =
        thread.waitKind() == WaitKind.NONE || thread.waitKind() == WaitKind.UNKNOWN
            ? ""
            : thread.waitKind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    if (thread.state() == ThreadState.UNKNOWN) {
      return wait.isEmpty() ? "state " + Text.ABSENT : "waits (" + wait + ")";
    }
    return thread.state() + (wait.isEmpty() ? "" : " (" + wait + ")");
  }
}
