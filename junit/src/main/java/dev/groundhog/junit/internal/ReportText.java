package dev.groundhog.junit.internal;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.junit.LeakTestReport;
import dev.groundhog.junit.LeakedGroup;
import dev.groundhog.leak.Origin;
import dev.groundhog.leak.Words;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// A report for people: the most important line first, equal stacks once.
public final class ReportText {
  private static final int MAX_GROUPS = 20;
  private static final int MAX_FRAMES = 40;
  private static final int MAX_WHO = 3;

  private static final List<String> RUNNERS =
      List.of("jdk.internal.reflect.", "java.lang.reflect.", "org.junit.", "org.testng.");

  private final StringBuilder text = new StringBuilder();

  private ReportText() {}

  public static String of(LeakTestReport report) {
    ReportText lines = new ReportText();
    lines.report(report);
    return lines.text.toString();
  }

  private void report(LeakTestReport report) {
    if (report.isClean()) {
      text.append("no leak");
      report.notes().forEach(note -> line("note: " + note));
      return;
    }
    text.append("leak: ").append(counted(report.dump()));
    text.append(" of ").append(Words.line(report.test()));
    report.notes().forEach(note -> line("note: " + note));
    List<LeakedGroup> groups = report.groups();
    groups.stream().limit(MAX_GROUPS).forEach(group -> group(group, report));
    if (groups.size() > MAX_GROUPS) {
      line("and " + (groups.size() - MAX_GROUPS) + " more stacks");
    }
  }

  /// `2 virtual threads and 1 platform thread`.
  static String counted(Dump dump) {
    Map<ThreadKind, Long> byKind = new EnumMap<>(ThreadKind.class);
    dump.forEach(thread -> byKind.merge(thread.kind(), thread.count(), Long::sum));
    return byKind.entrySet().stream()
        .map(kind -> counted(kind.getValue(), kind.getKey()))
        .collect(Collectors.joining(" and "));
  }

  private static String counted(long count, ThreadKind kind) {
    return count + " " + Words.noun(kind, count);
  }

  private void group(LeakedGroup leaked, LeakTestReport report) {
    DumpThread sample = leaked.sample();
    line("");
    line(head(leaked, report.dump()));
    leftBy(leaked, report).ifPresent(by -> line("    left by " + by));
    stack(sample.stack(), sample.kind());
    createdBy(sample.createdBy(), sample.kind());
    line("    to fix: " + leaked.cure());
    line("    to ignore: " + leaked.toIgnore());
  }

  /// `2 virtual threads, WAITING (queue): #35, #36`.
  static String head(LeakedGroup leaked, Dump dump) {
    DumpThread sample = leaked.sample();
    return counted(leaked.count(), sample.kind()) + ", " + Words.doing(sample) + who(leaked, dump);
  }

  /// Whose the threads of one group are, where others of the report are somebody else's too.
  static Optional<String> leftBy(LeakedGroup leaked, LeakTestReport report) {
    return Optional.of(leaked.test()).filter(test -> !test.equals(report.test())).map(Words::line);
  }

  /// `: "reporter-1" #35, #36 and 7 more`.
  private static String who(LeakedGroup leaked, Dump dump) {
    List<Integer> rows = leaked.group().rows();
    String some =
        rows.stream()
            .limit(MAX_WHO)
            .map(row -> who(dump.row(row)))
            .collect(Collectors.joining(", "));
    return ": " + some + (rows.size() > MAX_WHO ? " and " + (rows.size() - MAX_WHO) + " more" : "");
  }

  private static String who(DumpThread thread) {
    String name = thread.name().isEmpty() ? "" : '"' + Words.line(thread.name()) + "\" ";
    return name + "#" + thread.id().orElse(0);
  }

  private void createdBy(CallStack stack, ThreadKind kind) {
    if (stack.frames().isEmpty()) {
      return;
    }
    line("    created by");
    stack(withoutRunner(stack), kind);
  }

  /// A test begins where its runner calls it.
  static CallStack withoutRunner(CallStack stack) {
    List<Frame> frames = stack.frames();
    List<Frame> own =
        frames.stream()
            .takeWhile(frame -> RUNNERS.stream().noneMatch(frame.function()::startsWith))
            .toList();
    return own.isEmpty() ? stack : new CallStack(own);
  }

  /// One line of a stack.
  ///
  /// @param isCulprit whether it is the program's own innermost function
  record StackLine(String text, boolean isCulprit) {}

  /// The innermost frames, and how many more there are.
  static List<StackLine> lines(CallStack stack, ThreadKind kind) {
    Optional<Frame> culprit = Origin.culprit(stack, kind);
    List<StackLine> lines = new ArrayList<>();
    stack.frames().stream()
        .limit(MAX_FRAMES)
        .map(frame -> new StackLine(shown(frame), culprit.filter(frame::equals).isPresent()))
        .forEach(lines::add);
    if (stack.frames().size() > MAX_FRAMES) {
      lines.add(new StackLine("… and " + (stack.frames().size() - MAX_FRAMES) + " more", false));
    }
    return lines;
  }

  private void stack(CallStack stack, ThreadKind kind) {
    lines(stack, kind)
        .forEach(line -> line((line.isCulprit() ? "    → " : "      ") + line.text()));
  }

  private static String shown(Frame frame) {
    return Words.line(frame.function()) + " (" + Words.line(frame.location()) + ")";
  }

  private void line(String line) {
    text.append('\n').append(line);
  }
}
