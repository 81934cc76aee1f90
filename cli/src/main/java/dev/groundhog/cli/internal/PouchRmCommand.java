package dev.groundhog.cli.internal;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(name = "rm", mixinStandardHelpOptions = true, description = "Removes containers.")
final class PouchRmCommand implements Callable<Integer> {
  @ParentCommand PouchCommand pouch;

  @Option(
      names = {"-f", "--force"},
      description = "also those that run: they are killed")
  boolean force;

  @Parameters(arity = "1..*", paramLabel = "CONTAINER")
  List<String> containers = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the parent
  PouchRmCommand() {}

  @Override
  public Integer call() throws Exception {
    return pouch.each(containers, (client, container) -> client.remove(container, force));
  }
}
