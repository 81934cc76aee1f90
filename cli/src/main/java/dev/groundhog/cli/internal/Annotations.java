package dev.groundhog.cli.internal;

import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.target.Check;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /// One error for each group that is still there, up to a bound, at the line of the function that
  /// was checked, and one warning for each stale name.
  void print(Check.Result result, List<FunctionPattern> absent) {
    int shown = Math.min(result.present().size(), MAX_ERRORS);
    List<StackGroup> groups = result.present().subList(0, shown);
    SourceFiles sources =
        new SourceFiles(
            workspace,
            groups.stream().map(g -> path(checked(g, absent), g.sample().kind())).toList());
    for (StackGroup group : groups) {
      Frame frame = checked(group, absent);
      String message =
          Text.count(
                  group.count(),
                  Report.noun(group.sample().kind(), 1) + " is",
                  Report.noun(group.sample().kind(), 2) + " are")
              + " still in "
              + frame.function()
              + ", "
              + Report.doing(group.sample());
      out.println(
          "::error "
              + place(sources, frame, group.sample().kind())
              + "title=Leak::"
              + data(message));
    }
    if (result.present().size() > shown) {
      out.println("::error title=Leak::and " + (result.present().size() - shown) + " more stacks");
    }
    for (Check.UnknownName name : result.stale()) {
      out.println("::warning title=Stale check::" + data(name.toString()));
    }
  }

  private static Frame checked(StackGroup group, List<FunctionPattern> absent) {
    return group.stack().frames().stream()
        .filter(f -> absent.stream().anyMatch(p -> p.matches(f.function())))
        .findFirst()
        .orElseThrow();
  }

  private static String place(SourceFiles sources, Frame frame, ThreadKind kind) {
    return sources
        .find(path(frame, kind))
        .map(file ->
            "file="
                + property(file.toString())
                + (frame.line() > 0 ? ",line=" + frame.line() : "")
                + ",")
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
