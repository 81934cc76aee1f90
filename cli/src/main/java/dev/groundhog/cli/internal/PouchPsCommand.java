package dev.groundhog.cli.internal;

import dev.groundhog.pouch.ContainerSummary;
import dev.groundhog.pouch.HumanDuration;
import dev.groundhog.pouch.PouchClient;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(name = "ps", mixinStandardHelpOptions = true, description = "Lists containers.")
final class PouchPsCommand implements Callable<Integer> {
  private static final int ID_SHOWN = 12;
  private static final int COMMAND_SHOWN = 20;

  @Spec CommandSpec spec;
  @ParentCommand PouchCommand pouch;

  @Option(
      names = {"-a", "--all"},
      description = "also those that do not run")
  boolean all;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  PouchPsCommand() {}

  @Override
  public Integer call() throws Exception {
    return pouch.ask(this::list);
  }

  private int list(PouchClient client) throws IOException, InterruptedException {
    Columns columns = new Columns("CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "NAMES");
    Instant now = Instant.now();
    for (ContainerSummary container : client.containers(all)) {
      columns.row(
          shortId(container.id()),
          container.image(),
          quoted(Text.fit(container.command(), COMMAND_SHOWN)),
          ago(container.created(), now),
          container.status(),
          String.join(",", container.names()));
    }
    columns.print(spec.commandLine().getOut());
    return CommandLines.OK;
  }

  /// The first twelve characters of an id, without its algorithm.
  static String shortId(String id) {
    String digits = id.substring(id.indexOf(':') + 1);
    return digits.substring(0, Math.min(digits.length(), ID_SHOWN));
  }

  static String ago(Instant then, Instant now) {
    return HumanDuration.of(Duration.between(then, now)) + " ago";
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
