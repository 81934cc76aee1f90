package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.target.Target;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "stack",
    mixinStandardHelpOptions = true,
    description = "The threads of TARGET, grouped; equal stacks are shown once.")
final class StackCommand implements Callable<Integer> {
  /// What can be printed.
  private enum Form {
    TEXT,
    JSON,
    FOLDED,
    PROFILE,
    DEBUG1,
    DEBUG2
  }

  enum Format {
    text,
    json,
    folded
  }

  @Spec CommandSpec spec;
  @Mixin TargetArgument argument = new TargetArgument();

  @Option(
      names = "--debug",
      paramLabel = "0|1|2",
      description =
          "pprof's gzipped protocol buffer, Go's aggregated text, or Go's text of every thread")
  Optional<Integer> debug = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "text|json|folded",
      description =
          "for people (default), groundhog.dump/1 for programs, or folded stacks for flame graphs")
  Optional<Format> format = Optional.empty();

  @Option(
      names = "--grep",
      paramLabel = "FUNCTION",
      converter = FunctionPatterns.class,
      description =
          "only threads with FUNCTION on the stack: a name, Class.method, package.* or /regex/")
  Optional<FunctionPattern> grep = Optional.empty();

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  StackCommand() {}

  @Override
  public Integer call() throws Exception {
    Form form = form();
    if (form == Form.PROFILE && StandardOutput.isTerminal()) {
      throw wrongUsage(
          "a profile is binary: send it into a file or a pipe, as in '> profile.pb.gz'");
    }
    Target target = argument.target();
    List<Dump> dumps = target.dumps();
    if (form == Form.PROFILE && dumps.size() > 1) {
      throw wrongUsage(
          target.name() + " holds " + dumps.size() + " dumps, and a profile is of one: cut it");
    }
    for (Dump dump : dumps) {
      print(form, target, grep.map(p -> dump.only(t -> p.matches(t.stack()))).orElse(dump));
    }
    return CommandLines.OK;
  }

  private Form form() {
    if (debug.isPresent() && format.isPresent()) {
      throw wrongUsage("--debug and --format exclude each other");
    }
    if (debug.isPresent()) {
      return switch (debug.get()) {
        case 0 -> Form.PROFILE;
        case 1 -> Form.DEBUG1;
        case 2 -> Form.DEBUG2;
        default -> throw wrongUsage("--debug takes 0, 1 or 2");
      };
    }
    return switch (format.orElse(Format.text)) {
      case text -> Form.TEXT;
      case json -> Form.JSON;
      case folded -> Form.FOLDED;
    };
  }

  private void print(Form form, Target target, Dump dump) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    switch (form) {
      case TEXT -> {
        grouped(target, dump, out);
        grep.filter(_ -> dump.threadCount() == 0).ifPresent(pattern -> out.println(none(pattern)));
      }
      case JSON -> DumpWriter.json(dump, out);
      case FOLDED -> DumpWriter.folded(dump, out);
      case PROFILE -> StandardOutput.write(stream -> DumpWriter.profile(dump, stream));
      case DEBUG1 -> DumpWriter.goDebug1(dump, out);
      case DEBUG2 -> DumpWriter.goDebug2(dump, out);
    }
    out.flush();
  }

  private static String none(FunctionPattern pattern) {
    return Text.line(
        pattern
            + " is on no stack: a function is named exactly, as Class.method, as package.*, or by"
            + " a part of it between slashes, as /logs/");
  }

  private ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private static void grouped(Target target, Dump dump, PrintWriter out) {
    Report report = new Report(out, Theme.ofTerminal());
    List<StackGroup> groups = Groups.of(dump);
    out.println(
        Text.line(target.name())
            + ": "
            + Text.count(dump.threadCount(), "thread", "threads")
            + " at "
            + Text.count(groups.size(), "stack", "stacks"));
    report.warnings(dump);
    report.deadlocks(dump);
    Members members = new Members(dump);
    for (StackGroup group : groups) {
      out.println();
      report.group(group, members);
    }
  }
}
