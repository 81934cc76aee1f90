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
  @Spec CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  ListCommand() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    List<ProcessSummary> processes = Processes.list();
    if (processes.isEmpty()) {
      out.println("no JVM and no Go process here");
      return CommandLines.OK;
    }
    out.printf(
        Locale.ROOT, "%8s %8s  %-14s %7s  %s%n", "PID", "PPID", "RUNTIME", "THREADS", "COMMAND");
    for (ProcessSummary p : processes) {
      out.printf(
          Locale.ROOT,
          "%8d %8d  %-14s %7s  %s%n",
          p.pid(),
          p.ppid(),
          Text.line(p.runtime()),
          p.threads() < 0 ? Text.ABSENT : Integer.toString((int) p.threads()),
          Text.line(p.command()));
    }
    return CommandLines.OK;
  }
}
