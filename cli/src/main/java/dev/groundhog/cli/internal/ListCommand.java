package dev.groundhog.cli.internal;

import dev.groundhog.target.ProcessSummary;
import dev.groundhog.target.Processes;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "The JVMs and Go processes of this machine.")
final class ListCommand implements Callable<Integer> {
  private static final String LINE = "%8s %8s  %-14s %7s  %s";

  @Spec CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  ListCommand() {}

  @Override
  public Integer call() throws Exception {
    return show(spec.commandLine().getOut());
  }

  static int show(PrintWriter out) {
    List<ProcessSummary> processes = Processes.list();
    if (processes.isEmpty()) {
      out.println("no JVM and no Go process here");
      return CommandLines.OK;
    }
    int columns = TerminalWidth.of(System.getenv()).orElse(Integer.MAX_VALUE);
    out.println(String.format(Locale.ROOT, LINE, "PID", "PPID", "RUNTIME", "THREADS", "COMMAND"));
    for (ProcessSummary p : processes) {
      String line =
          String.format(
              Locale.ROOT,
              LINE,
              p.pid(),
              p.ppid(),
              Text.line(p.runtime()),
              p.threads() < 0 ? Text.ABSENT : p.threads(),
              Text.line(p.program()));
      out.println(Text.fit(line, columns));
    }
    return CommandLines.OK;
  }
}
