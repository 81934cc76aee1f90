package dev.groundhog.cli.internal;

import dev.groundhog.leak.Finding;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.ReportWriter;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.target.Check;
import dev.groundhog.target.CheckResult;
import dev.groundhog.target.Target;
import dev.groundhog.target.TargetException;
import dev.groundhog.target.UnknownName;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    customSynopsis = "groundhog check TARGET [--absent FUNCTION…] [--abandoned] [OPTIONS]",
    description =
        "Fails (exit code 1) while a function is on any stack of TARGET, or a thread of it works for"
            + " a client who has gone: --absent, --abandoned, or both. With neither, while a function is"
            + " on a stack that TARGET marks @LeakProne.")
final class CheckCommand implements Callable<Integer> {
  /// So many marked functions are named in one line; the groups below name all.
  private static final int MAX_NAMED = 5;

  @Spec CommandSpec spec;
  @Mixin TargetArgument argument = new TargetArgument();
  @Mixin FormatOption format = new FormatOption();
  @Mixin GraceOption grace = new GraceOption();

  @Option(
      names = "--absent",
      arity = "1..*",
      paramLabel = "FUNCTION",
      converter = FunctionPatterns.class,
      description = "a name, Class.method, package.* or /regex/; may be given several times")
  List<FunctionPattern> absent = List.of();

  @Option(
      names = "--abandoned",
      description =
          "no thread may work for a client who has been gone for longer than the grace time; needs"
              + " the agent, and groundhog-context in the server")
  boolean abandoned;

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
          "what to do with a name that the target does not know, and with --abandoned of a server"
              + " that labels no work: such a check can never fail; default warn")
  Stale stale = Stale.warn;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description =
          "write the outcome as JUnit's XML too, one test case for each FUNCTION, one for"
              + " --abandoned")
  Optional<Path> junit = Optional.empty();

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  CheckCommand() {}

  @Override
  public Integer call() throws Exception {
    requireUse();
    Target target = argument.target();
    Check check = check(target.check().absent(absent));
    Instant start = Instant.now();
    Optional<JunitXml> xml =
        junit.map(_ -> new JunitXml(target.name(), absent, abandoned, stale == Stale.fail, start));
    CheckResult result;
    try {
      result = check.run(within);
    } catch (TargetException e) {
      xml.ifPresent(report -> save(report.of(e)));
      throw e;
    }
    warnOfUnknownNames(result);
    Annotations.of(System.getenv(), spec.commandLine().getErr())
        .ifPresent(annotations -> annotations.print(result, absent));
    if (format.isJson()) {
      ReportWriter.json(check.report(result), spec.commandLine().getOut());
    } else {
      show(target, result, check.withinGrace(result));
    }
    boolean saved = xml.isEmpty() || save(xml.get().of(result));
    if (result.failed() || failsOnStale(result)) {
      return CommandLines.LEAK;
    }
    return result.passed() && saved ? CommandLines.OK : CommandLines.UNREADABLE;
  }

  private Check check(Check functions) {
    Check check = asksForMarked() ? functions.leakProne() : functions;
    return abandoned ? check.noneAbandoned(grace.time()) : check;
  }

  private boolean asksForMarked() {
    return absent.isEmpty() && !abandoned;
  }

  private void requireUse() {
    if (grace.isGiven() && !abandoned) {
      throw new ParameterException(
          spec.commandLine(), "--grace says when a thread is abandoned: give --abandoned too");
    }
  }

  private boolean failsOnStale(CheckResult result) {
    return stale == Stale.fail && !result.stale().isEmpty();
  }

  /// Writes the report for CI, last: a leak that was found is told wherever that report ends up.
  private boolean save(String xml) {
    try {
      WholeFile.write(junit.orElseThrow(), xml);
      return true;
    } catch (IOException e) {
      String why = junit.orElseThrow() + ": " + e;
      spec.commandLine()
          .getErr()
          .println("groundhog: cannot write the JUnit report " + Text.line(why));
      return false;
    }
  }

  private void show(Target target, CheckResult result, Optional<String> withinGrace) {
    PrintWriter out = spec.commandLine().getOut();
    Theme theme = Theme.ofTerminal();
    Report report = new Report(out, theme);
    String where = Text.line(target.name());
    if (result.failed()) {
      out.println(theme.alarm("leak") + ": " + leak(result) + " in " + where);
    } else if (failsOnStale(result)) {
      List<FunctionPattern> stale = result.stale().stream().map(UnknownName::pattern).toList();
      out.println(
          theme.alarm("stale")
              + ": "
              + names(stale)
              + " can be on no stack in "
              + where
              + ", so that this check can never fail");
    } else if (result.incomplete().isPresent()) {
      out.println("unknown: " + wanted(result) + " that could be read in " + where);
    } else {
      String all = Text.count(result.dump().threadCount(), "thread", "threads");
      out.println(theme.good("ok") + ": " + wanted(result) + " of " + all + " in " + where);
    }
    report.warnings(result.dump());
    result.marked().warnings().forEach(note -> out.println("warning: " + Text.line(note)));
    result.silent().ifPresent(why -> out.println("warning: " + why));
    withinGrace.ifPresent(note -> out.println("note: " + note));
    result.last().note().ifPresent(note -> out.println("note: " + note));
    result.elided().ifPresent(note -> out.println("warning: " + note));
    Members members = new Members(result.dump());
    for (StackGroup group : result.present()) {
      out.println();
      report.group(group, result.marked().reasonsOn(group.stack()), members);
    }
    for (Finding finding : result.abandoned()) {
      out.println();
      report.group(finding.group(), finding.reasons(), members);
    }
  }

  /// `Server.logs on no stack, none abandoned`, `3 functions marked @LeakProne on no stack`
  private String wanted(CheckResult result) {
    int marked = result.marked().count();
    return Stream.of(
            absent.isEmpty() ? "" : names(absent) + " on no stack",
            marked == 0
                ? ""
                : Text.count(marked, "function", "functions") + " marked @LeakProne on no stack",
            abandoned ? "none abandoned" : "")
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(", "));
  }

  /// `3 threads have Server.logs on the stack, 7 threads abandoned`
  private String leak(CheckResult result) {
    List<FunctionPattern> present =
        absent.stream().filter(p -> !result.present(p).isEmpty()).toList();
    long gone = LeakReport.threads(result.abandoned());
    return Stream.of(
            asksForMarked() ? marked(result) : "",
            present.isEmpty()
                ? ""
                : Text.count(result.threads(), "thread has ", "threads have ")
                    + names(present)
                    + " on the stack",
            gone == 0 ? "" : Text.count(gone, "thread abandoned", "threads abandoned"))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(", "));
  }

  /// `3 threads have com.acme.Server.logs, marked @LeakProne, on the stack`
  private static String marked(CheckResult result) {
    List<String> functions =
        result.present().stream()
            .flatMap(group -> result.marked().on(group.stack()).stream())
            .distinct()
            .toList();
    int more = functions.size() - MAX_NAMED;
    return Text.count(result.threads(), "thread has ", "threads have ")
        + Text.line(String.join(", ", functions.subList(0, Math.min(functions.size(), MAX_NAMED))))
        + (more <= 0 ? "" : " and " + Text.count(more, "other", "others"))
        + ", marked @LeakProne, on the stack";
  }

  private static String names(List<FunctionPattern> patterns) {
    return Text.line(
        patterns.stream().map(FunctionPattern::toString).collect(Collectors.joining(", ")));
  }

  /// A check for a function that does not exist is worse than none.
  private void warnOfUnknownNames(CheckResult result) {
    for (UnknownName name : result.unknown()) {
      spec.commandLine()
          .getErr()
          .println((name.stale() ? "warning: " : "note: ") + Text.line(name.toString()));
    }
  }
}
