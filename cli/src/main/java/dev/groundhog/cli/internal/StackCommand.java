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
  private static final int GROUPED = -1;

  @Spec CommandSpec spec;
  @Mixin TargetArgument argument = new TargetArgument();

  @Option(
      names = "--debug",
      paramLabel = "0|1|2",
      description =
          "pprof's gzipped protocol buffer, Go's aggregated text, or Go's text of every thread")
  Optional<Integer> debug = Optional.empty();

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
    if (debug.isPresent() && (debug.get() < 0 || debug.get() > 2)) {
      throw wrongUsage("--debug takes 0, 1 or 2");
    }
    if (debug.isPresent() && grep.isPresent()) {
      throw wrongUsage("--grep cannot be used with --debug");
    }
    Target target = argument.target();
    if (debug.isPresent() && debug.get() == 0) {
      profile(target);
      return CommandLines.OK;
    }
    PrintWriter out = spec.commandLine().getOut();
    for (Dump dump : target.dumps()) {
      switch (debug.orElse(GROUPED)) {
        case 1 -> DumpWriter.goDebug1(dump, out);
        case 2 -> DumpWriter.goDebug2(dump, out);
        default -> grouped(target, dump, new Report(out, Theme.ofTerminal()), out);
      }
      out.flush();
    }
    return CommandLines.OK;
  }

  private void profile(Target target) throws IOException {
    if (StandardOutput.isTerminal()) {
      throw wrongUsage(
          "a profile is binary: send it into a file or a pipe, as in '> profile.pb.gz'");
    }
    List<Dump> dumps = target.dumps();
    if (dumps.size() > 1) {
      throw wrongUsage(
          target.name() + " holds " + dumps.size() + " dumps, and a profile is of one: cut it");
    }
    StandardOutput.write(out -> DumpWriter.profile(dumps.getFirst(), out));
  }

  private ParameterException wrongUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
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
