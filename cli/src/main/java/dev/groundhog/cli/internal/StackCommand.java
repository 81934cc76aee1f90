package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.target.Target;
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
  @Spec CommandSpec spec;
  @Mixin TargetArgument argument = new TargetArgument();

  @Option(
      names = "--debug",
      paramLabel = "1|2",
      description = "Go's aggregated text, or Go's text of every thread")
  int debug;

  @Option(
      names = "--grep",
      paramLabel = "FUNCTION",
      converter = FunctionPatterns.class,
      description =
          "only groups with FUNCTION on the stack: a name, Class.method, package.* or /regex/")
  Optional<FunctionPattern> grep = Optional.empty();

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  StackCommand() {}

  @Override
  public Integer call() throws Exception {
    if (debug < 0 || debug > 2) {
      throw new ParameterException(spec.commandLine(), "--debug takes 1 or 2");
    }
    if (debug > 0 && grep.isPresent()) {
      throw new ParameterException(spec.commandLine(), "--grep cannot be used with --debug");
    }
    Target target = argument.target();
    PrintWriter out = spec.commandLine().getOut();
    for (Dump dump : target.dumps()) {
      switch (debug) {
        case 1 -> DumpWriter.goDebug1(dump, out);
        case 2 -> DumpWriter.goDebug2(dump, out);
        default -> grouped(target, dump, new Report(out, Theme.ofTerminal()), out);
      }
      out.flush();
    }
    return CommandLines.OK;
  }

  private void grouped(Target target, Dump dump, Report report, PrintWriter out) {
    List<StackGroup> groups = Groups.of(dump);
    if (grep.isPresent()) {
      FunctionPattern pattern = grep.get();
      groups = groups.stream().filter(g -> pattern.matches(g.stack())).toList();
    }
    out.println(
        Text.line(target.name())
            + ": "
            + Text.count(groups.stream().mapToLong(StackGroup::count).sum(), "thread", "threads")
            + " at "
            + Text.count(groups.size(), "stack", "stacks"));
    report.warnings(dump);
    for (StackGroup group : groups) {
      out.println();
      report.group(group, group.count() == 1 ? group.sample().waiting() : Optional.empty());
    }
  }
}
