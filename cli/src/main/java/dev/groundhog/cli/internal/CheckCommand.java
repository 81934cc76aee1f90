package dev.groundhog.cli.internal;

import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.target.Check;
import dev.groundhog.target.Target;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Fails (exit code 1) while a function is on any stack of TARGET.")
final class CheckCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin TargetArgument argument = new TargetArgument();

  @Option(
      names = "--absent",
      required = true,
      arity = "1..*",
      paramLabel = "FUNCTION",
      converter = FunctionPatterns.class,
      description = "a name, Class.method, package.* or /regex/; may be given several times")
  List<FunctionPattern> absent = List.of();

  @Option(
      names = "--within",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "look again until then (500ms, 10s, 1m); by default one look")
  Duration within = Duration.ZERO;

  enum Stale {
    warn,
    fail
  }

  @Option(
      names = "--stale",
      paramLabel = "warn|fail",
      description =
          "what to do with a name that the target does not know: a check for it can never fail;"
              + " default warn")
  Stale stale = Stale.warn;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  CheckCommand() {}

  @Override
  public Integer call() throws Exception {
    Target target = argument.target();
    Check.Result result = target.check().absent(absent).run(within);
    PrintWriter out = spec.commandLine().getOut();
    Theme theme = Theme.ofTerminal();
    String names =
        Text.line(absent.stream().map(FunctionPattern::toString).collect(Collectors.joining(", ")));
    warnOfUnknownNames(result);
    if (result.passed()) {
      out.println(
          theme.good("ok")
              + ": "
              + names
              + " on no stack of "
              + Text.count(result.dump().threadCount(), "thread", "threads")
              + " in "
              + Text.line(target.name()));
      return !result.stale().isEmpty() && stale == Stale.fail ? CommandLines.LEAK : CommandLines.OK;
    }
    out.println(
        theme.alarm("leak")
            + ": "
            + Text.count(result.threads(), "thread has ", "threads have ")
            + names
            + " on the stack in "
            + Text.line(target.name()));
    Report report = new Report(out, theme);
    for (StackGroup group : result.present()) {
      out.println();
      report.group(group, Optional.empty());
    }
    return CommandLines.LEAK;
  }

  /// A check for a function that does not exist is worse than none.
  private void warnOfUnknownNames(Check.Result result) {
    for (Check.UnknownName name : result.unknown()) {
      spec.commandLine()
          .getErr()
          .println((name.stale() ? "warning: " : "note: ") + Text.line(name.toString()));
    }
  }
}
