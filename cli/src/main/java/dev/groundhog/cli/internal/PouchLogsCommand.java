package dev.groundhog.cli.internal;

import dev.groundhog.pouch.LogsRequest;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "logs",
    mixinStandardHelpOptions = true,
    description = "Shows what a container has printed.")
final class PouchLogsCommand implements Callable<Integer> {
  private static final Pattern LINES = Pattern.compile("\\d{1,18}");

  @Spec CommandSpec spec;
  @ParentCommand PouchCommand pouch;

  @Option(
      names = {"-f", "--follow"},
      description = "and what it prints from now on, until it ends")
  boolean follow;

  @Option(
      names = {"-n", "--tail"},
      paramLabel = "N|all",
      description = "how many of the last lines; all by default")
  String tail = "all";

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = Moments.class,
      description =
          "from then on: 2026-11-24T10:00:00Z, seconds since 1970, or how long ago, such as 10m")
  Optional<Instant> since = Optional.empty();

  @Option(
      names = "--until",
      paramLabel = "TIME",
      converter = Moments.class,
      description = "up to then")
  Optional<Instant> until = Optional.empty();

  @Option(
      names = {"-t", "--timestamps"},
      description = "before each line, when it was printed")
  boolean timestamps;

  @Parameters(index = "0", paramLabel = "CONTAINER")
  String container;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec and what is required
  PouchLogsCommand() {}

  @Override
  public Integer call() throws Exception {
    LogsRequest request = new LogsRequest(follow, tail(), since, until, timestamps);
    return pouch.ask(client ->
        ContainerOutput.copy((stdout, stderr) -> {
          client.logs(container, request, stdout, stderr);
          return CommandLines.OK;
        }));
  }

  private OptionalLong tail() {
    if (tail.equals("all")) {
      return OptionalLong.empty();
    }
    if (!LINES.matcher(tail).matches()) {
      throw new ParameterException(
          spec.commandLine(), "--tail takes a number of lines or all, not " + tail);
    }
    return OptionalLong.of(Long.parseLong(tail));
  }
}
