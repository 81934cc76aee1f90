package dev.groundhog.cli.internal;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "kill",
    mixinStandardHelpOptions = true,
    description = "Sends a signal to containers.")
final class PouchKillCommand implements Callable<Integer> {
  @ParentCommand PouchCommand pouch;

  @Option(
      names = {"-s", "--signal"},
      paramLabel = "SIGNAL",
      description = "its name or number; KILL by default")
  String signal = "KILL";

  @Parameters(arity = "1..*", paramLabel = "CONTAINER")
  List<String> containers = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the parent
  PouchKillCommand() {}

  @Override
  public Integer call() throws Exception {
    return pouch.each(containers, (client, container) -> client.kill(container, signal));
  }
}
