package dev.groundhog.cli.internal;

import dev.groundhog.target.TargetAgent;
import dev.groundhog.target.TargetException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    description = {
      "Loads the agent into a running JVM, or changes the options of the one that is there.",
      "It serves /debug/pprof/ and /debug/groundhog/ until the JVM ends or --address off."
    })
final class AgentCommand implements Callable<Integer> {
  private static final String ANY_PORT = "127.0.0.1:0";

  @Spec CommandSpec spec;

  @Parameters(index = "0", arity = "0..1", paramLabel = "PID", description = "the JVM")
  Optional<Long> pid = Optional.empty();

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "listen on this port of 127.0.0.1; any free one by default")
  Optional<Integer> port = Optional.empty();

  @Option(
      names = "--address",
      paramLabel = "HOST:PORT|unix:PATH|off",
      description = "listen there instead, or stop listening; beyond loopback with a token only")
  Optional<String> address = Optional.empty();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "let in who carries its first line, as a Bearer token or Basic password")
  Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--peers",
      paramLabel = "same-user|any",
      description = "which users of this machine may ask; same-user by default")
  Optional<String> peers = Optional.empty();

  @Option(names = "--path", description = "print where the jar for -javaagent: is, and no more")
  boolean path;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  AgentCommand() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    if (path) {
      out.println(AgentJar.find());
      return CommandLines.OK;
    }
    if (pid.isEmpty() || (port.isPresent() && address.isPresent())) {
      throw new ParameterException(
          spec.commandLine(),
          pid.isEmpty()
              ? "agent takes a PID, or --path"
              : "--port and --address are two ways to say one thing: give one");
    }
    TargetAgent agent = new TargetAgent(pid.get());
    out.println(Text.line(agent.load(AgentJar.find(), options(agent))));
    return CommandLines.OK;
  }

  /// A second load without a word about the address leaves it as it is.
  private String options(TargetAgent agent) throws TargetException {
    List<String> options = new ArrayList<>();
    Optional<String> where = address.or(() -> port.map(number -> "127.0.0.1:" + number));
    if (where.isPresent() || agent.address().isEmpty()) {
      options.add("address=" + where.orElse(ANY_PORT));
    }
    tokenFile.ifPresent(file -> options.add("token-file=" + file.toAbsolutePath()));
    peers.ifPresent(who -> options.add("peers=" + who));
    return String.join(",", options);
  }
}
