package dev.groundhog.cli.internal;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = "Starts a server that leaks, plays the impatient client, and finds the leak.")
final class DemoCommand implements Callable<Integer> {
  enum Scenario {
    logs,
    exec,
    channel
  }

  @Spec CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "logs|exec|channel",
      description =
          "a client that follows a silent log and leaves, and the cure (default); handlers of"
              + " clients that left a command; a channel without a sender")
  Scenario scenario = Scenario.logs;

  @Option(
      names = "--clients",
      paramLabel = "N",
      description = "how many clients lose patience; a random number by default")
  int clients = ThreadLocalRandom.current().nextInt(3, 13);

  @Option(
      names = "--hold",
      description = "keep the server running until standard input ends, to try other tools on it")
  boolean hold;

  @Option(
      names = "--cancel-on-disconnect",
      description = "the cure of exec: the command ends when its client leaves")
  boolean cancelOnDisconnect;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  DemoCommand() {}

  @Override
  public Integer call() throws Exception {
    if (clients < 1 || clients > 1_000) {
      throw new ParameterException(spec.commandLine(), "--clients takes 1 to 1000");
    }
    if (cancelOnDisconnect && scenario != Scenario.exec) {
      throw new ParameterException(spec.commandLine(), "--cancel-on-disconnect is for demo exec");
    }
    PrintWriter out = spec.commandLine().getOut();
    Demo demo = new Demo(out, Theme.ofTerminal(), Duration.ofSeconds(2), hold);
    return switch (scenario) {
      case logs -> new LogsDemo(out, Theme.ofTerminal(), hold).run();
      case exec -> cancelOnDisconnect ? demo.execCured(clients) : demo.exec(clients);
      case channel -> demo.channel();
    };
  }
}
