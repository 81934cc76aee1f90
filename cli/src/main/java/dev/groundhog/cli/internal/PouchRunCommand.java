package dev.groundhog.cli.internal;

import dev.groundhog.pouch.PouchClient;
import dev.groundhog.pouch.RunRequest;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Runs a command in a new container, in the background, and prints its id.")
final class PouchRunCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @ParentCommand PouchCommand pouch;
  @Mixin PlaceOptions place = new PlaceOptions();

  @Option(
      names = {"-d", "--detach"},
      description = "in the background; needed, since nothing else is supported")
  boolean detach;

  @Option(names = "--name", paramLabel = "NAME", description = "how it is called")
  Optional<String> name = Optional.empty();

  @Option(
      names = {"-l", "--label"},
      paramLabel = "KEY[=VALUE]",
      description = "a label; may be repeated")
  List<String> labels = List.of();

  @Option(
      names = {"-v", "--volume"},
      paramLabel = "SOURCE:TARGET[:ro]",
      description = "a folder of the daemon's machine, mounted; may be repeated")
  List<String> volumes = List.of();

  @Option(
      names = {"-m", "--memory"},
      paramLabel = "BYTES",
      converter = Bytes.class,
      description = "how much memory it may use: a number, or with b, k, m or g behind it")
  Optional<Long> memory = Optional.empty();

  @Option(
      names = "--pids-limit",
      paramLabel = "N",
      description = "how many processes it may have; -1 is any number")
  Optional<Long> pidsLimit = Optional.empty();

  @Option(names = "--network", paramLabel = "NETWORK", description = "such as none or host")
  Optional<String> network = Optional.empty();

  @Option(names = "--rm", description = "the daemon removes it at its end")
  boolean remove;

  @Parameters(index = "0", paramLabel = "IMAGE", description = "what it is made of")
  String image;

  @Parameters(
      index = "1..*",
      paramLabel = "COMMAND",
      description = "what it runs, with its arguments; by default what the image says")
  List<String> command = List.of();

  @SuppressWarnings("NullAway.Init") // picocli sets the spec and what is required
  PouchRunCommand() {}

  @Override
  public Integer call() throws Exception {
    if (!detach) {
      throw new ParameterException(
          spec.commandLine(), "run needs -d; 'pouch logs -f' then shows what the container prints");
    }
    RunRequest request = request();
    return pouch.ask(client -> run(client, request));
  }

  private int run(PouchClient client, RunRequest request)
      throws java.io.IOException, InterruptedException {
    PouchClient.Created created = client.create(request);
    PrintWriter err = spec.commandLine().getErr();
    created.warnings().forEach(warning -> err.println("WARNING: " + Text.line(warning)));
    PrintWriter out = spec.commandLine().getOut();
    out.println(created.id());
    out.flush();
    client.start(created.id());
    return CommandLines.OK;
  }

  private RunRequest request() {
    return new RunRequest(
        image,
        command,
        name,
        place.environment(),
        labels(),
        place.user,
        place.workingDirectory,
        volumes,
        memory.map(OptionalLong::of).orElse(OptionalLong.empty()),
        pidsLimit.map(OptionalLong::of).orElse(OptionalLong.empty()),
        network,
        remove);
  }

  private Map<String, String> labels() {
    Map<String, String> all = new LinkedHashMap<>();
    for (String label : labels) {
      String[] parts = label.split("=", 2);
      all.put(parts[0], parts.length == 2 ? parts[1] : "");
    }
    return all;
  }
}
