package dev.groundhog.cli.internal;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = "Asks containers to end, and kills those that do not.")
final class PouchStopCommand implements Callable<Integer> {
  private static final int MAX_SECONDS = 1_000_000;

  @Spec CommandSpec spec;
  @ParentCommand PouchCommand pouch;

  @Option(
      names = {"-t", "--time"},
      paramLabel = "SECONDS",
      description = "how long to wait before the kill; by default as the container says, mostly 10")
  Optional<Integer> seconds = Optional.empty();

  @Parameters(arity = "1..*", paramLabel = "CONTAINER")
  List<String> containers = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  PouchStopCommand() {}

  @Override
  public Integer call() throws Exception {
    if (seconds.filter(number -> number < 0 || number > MAX_SECONDS).isPresent()) {
      throw new ParameterException(spec.commandLine(), "--time takes 0 to " + MAX_SECONDS);
    }
    Optional<Duration> time = seconds.map(Duration::ofSeconds);
    return pouch.each(containers, (client, container) -> client.stop(container, time));
  }
}
