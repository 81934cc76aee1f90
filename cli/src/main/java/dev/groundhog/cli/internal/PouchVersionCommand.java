package dev.groundhog.cli.internal;

import dev.groundhog.pouch.DaemonVersion;
import dev.groundhog.pouch.PouchClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "This program's version and the daemon's.")
final class PouchVersionCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @ParentCommand PouchCommand pouch;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  PouchVersionCommand() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    out.println("Client:");
    line("Version", CommandLines.Version.text());
    line("API version", PouchClient.API_VERSION);
    out.flush();
    return pouch.ask(this::server);
  }

  private int server(PouchClient client) throws IOException, InterruptedException {
    DaemonVersion daemon = client.version();
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println("Server:");
    line("Version", daemon.version());
    line(
        "API version",
        daemon.oldestApi().isEmpty()
            ? daemon.api()
            : daemon.api() + " (minimum version " + daemon.oldestApi() + ")");
    line("OS/Arch", daemon.system() + "/" + daemon.architecture());
    return CommandLines.OK;
  }

  private void line(String name, String value) {
    spec.commandLine()
        .getOut()
        .println(String.format(java.util.Locale.ROOT, " %-18s %s", name + ":", Text.line(value)));
  }
}
