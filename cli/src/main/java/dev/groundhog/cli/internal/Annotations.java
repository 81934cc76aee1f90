package dev.groundhog.cli.internal;

import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.Origin;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.leak.Words;
import dev.groundhog.target.CheckResult;
import dev.groundhog.target.UnknownName;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Lines that make GitHub mark the place in a pull request: its workflow commands `::error` and
/// `::warning`, which a step prints.
final class Annotations {
  /// GitHub shows no more errors of one step.
  private static final int MAX_ERRORS = 10;

  private final Path workspace;
  private final PrintWriter out;

  private Annotations(Path workspace, PrintWriter out) {
    this.workspace = workspace;
    this.out = out;
  }

  /// Present where `GITHUB_ACTIONS` is `true`; the sources are looked for in `GITHUB_WORKSPACE`.
  static Optional<Annotations> of(Map<String, String> environment, PrintWriter out) {
    if (!areRead(environment)) {
      return Optional.empty();
    }
    Path workspace = Path.of(environment.getOrDefault("GITHUB_WORKSPACE", "")).toAbsolutePath();
    return Optional.of(new Annotations(workspace, out));
  }

  /// Whether GitHub reads the output, and takes workflow commands from it.
  static boolean areRead(Map<String, String> environment) {
    return "true".equals(environment.get("GITHUB_ACTIONS"));
  }

  /// @param places the frames that could be marked, the best first
  private record Mark(StackGroup group, List<Frame> places, String message) {}

  /// One error for each group that is still there, up to a bound, at the line of the function that
  /// was checked, of abandoned threads at the innermost line whose source is here; and one warning
  /// for each stale name.
  void print(CheckResult result, List<FunctionPattern> absent) {
    List<Mark> marks =
        Stream.concat(
                result.present().stream()
                    .map(group -> present(group, checked(group, result, absent))),
                result.abandoned().stream().map(Annotations::abandoned))
            .toList();
    List<Mark> shown = marks.subList(0, Math.min(marks.size(), MAX_ERRORS));
    SourceFiles sources =
        new SourceFiles(
            workspace,
            shown.stream()
                .flatMap(mark -> mark.places.stream().map(frame -> path(frame, kind(mark))))
                .toList());
    for (Mark mark : shown) {
      out.println("::error " + place(sources, mark) + "title=Leak::" + data(mark.message));
    }
    if (marks.size() > shown.size()) {
      out.println("::error title=Leak::and " + (marks.size() - shown.size()) + " more stacks");
    }
    for (UnknownName name : result.stale()) {
      out.println("::warning title=Stale check::" + data(name.toString()));
    }
  }

  private static Mark present(StackGroup group, Frame frame) {
    return new Mark(
        group,
        List.of(frame),
        are(group) + " still in " + frame.function() + ", " + Report.doing(group.sample()));
  }

  private static Mark abandoned(Finding finding) {
    StackGroup group = finding.group();
    ThreadKind kind = group.sample().kind();
    return new Mark(
        group,
        group.stack().frames().stream().filter(frame -> !Origin.isRuntime(frame, kind)).toList(),
        are(group)
            + " abandoned, "
            + Report.doing(group.sample())
            + Report.labels(group.sample())
            + ": "
            + String.join(", ", finding.reasons()));
  }

  private static String are(StackGroup group) {
    ThreadKind kind = group.sample().kind();
    return Text.count(group.count(), Words.noun(kind, 1) + " is", Words.noun(kind, 2) + " are");
  }

  private static ThreadKind kind(Mark mark) {
    return mark.group.sample().kind();
  }

  private static Frame checked(StackGroup group, CheckResult result, List<FunctionPattern> absent) {
    return group.stack().frames().stream()
        .filter(
            f -> result.marked().has(f) || absent.stream().anyMatch(p -> p.matches(f.function())))
        .findFirst()
        .orElseThrow();
  }

  private static String place(SourceFiles sources, Mark mark) {
    return mark.places.stream()
        .flatMap(frame ->
            sources.find(path(frame, kind(mark))).stream()
                .map(file ->
                    "file="
                        + property(file.toString())
                        + (frame.line() > 0 ? ",line=" + frame.line() : "")
                        + ","))
        .findFirst()
        .orElse("");
  }

  /// Empty if unknown.
  private static String path(Frame frame, ThreadKind kind) {
    if (frame.file().isEmpty()) {
      return "";
    }
    return kind == ThreadKind.GOROUTINE ? frame.file() : pathOf(frame);
  }

  /// A frame of the JVM knows its package by its function: `dev.acme.Server.run` in `Server.java`
  /// stands in `dev/acme/Server.java`.
  private static String pathOf(Frame frame) {
    int method = frame.function().lastIndexOf('.');
    int type = method < 0 ? -1 : frame.function().lastIndexOf('.', method - 1);
    String folder = type < 0 ? "" : frame.function().substring(0, type).replace('.', '/') + "/";
    return folder + frame.file();
  }

  private static String data(String text) {
    return Text.line(text).replace("%", "%25");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
