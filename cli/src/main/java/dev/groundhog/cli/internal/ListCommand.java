package dev.groundhog.cli.internal;

import dev.groundhog.dump.JsonWriter;
import dev.groundhog.target.ProcessSummary;
import dev.groundhog.target.Processes;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "The JVMs and Go processes of this machine; * where the agent listens.")
final class ListCommand implements Callable<Integer> {
  private static final String LINE = "%8s %8s  %-14s %7s %1s %s";

  @Spec CommandSpec spec;
  @Mixin FormatOption format = new FormatOption();

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  ListCommand() {}

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (format.isJson()) {
      json(new JsonWriter(out));
      out.println();
      return CommandLines.OK;
    }
    return show(out);
  }

  static int show(PrintWriter out) {
    List<ProcessSummary> processes = Processes.list();
    if (processes.isEmpty()) {
      out.println("no JVM and no Go process here");
      return CommandLines.OK;
    }
    int columns =
        TerminalSize.of(System.getenv(), StandardOutput.isTerminal())
            .columns()
            .orElse(Integer.MAX_VALUE);
    out.println(
        String.format(Locale.ROOT, LINE, "PID", "PPID", "RUNTIME", "THREADS", "", "COMMAND"));
    for (ProcessSummary p : processes) {
      String line =
          String.format(
              Locale.ROOT,
              LINE,
              p.pid(),
              p.ppid(),
              Text.line(p.runtime()),
              p.threads() < 0 ? Text.ABSENT : p.threads(),
              p.agent().isPresent() ? "*" : "",
              Text.line(p.program()));
      out.println(Text.fit(line, columns));
    }
    return CommandLines.OK;
  }

  private static void json(JsonWriter json) throws IOException {
    json.beginObject();
    json.name("schema").value("groundhog.list/1");
    json.name("processes").beginArray();
    for (ProcessSummary p : Processes.list()) {
      json.beginObject();
      json.name("pid").value(p.pid());
      json.name("ppid").value(p.ppid());
      json.name("runtime").value(p.runtime());
      json.name("threads")
          .value(p.threads() < 0 ? OptionalLong.empty() : OptionalLong.of(p.threads()));
      json.name("agent").value(p.agent());
      json.name("command").value(p.command());
      json.endObject();
    }
    json.endArray().endObject();
  }
}
