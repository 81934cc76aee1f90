package dev.groundhog.cli.internal;

import dev.groundhog.pouch.ExecRequest;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
    name = "exec",
    mixinStandardHelpOptions = true,
    description = "Runs a command in a container that runs, and ends with its exit code.")
final class PouchExecCommand implements Callable<Integer> {
  @ParentCommand PouchCommand pouch;
  @Mixin PlaceOptions place = new PlaceOptions();

  @Parameters(index = "0", paramLabel = "CONTAINER")
  String container;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "what to run, with its arguments; it has no standard input")
  List<String> command = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets what is required
  PouchExecCommand() {}

  @Override
  public Integer call() throws Exception {
    ExecRequest request =
        new ExecRequest(command, place.environment(), place.user, place.workingDirectory);
    return pouch.ask(client ->
        ContainerOutput.copy((stdout, stderr) -> client.exec(container, request, stdout, stderr)));
  }
}
