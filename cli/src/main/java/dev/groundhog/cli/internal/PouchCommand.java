package dev.groundhog.cli.internal;

import dev.groundhog.pouch.PouchClient;
import dev.groundhog.pouch.PouchException;
import dev.groundhog.pouch.PouchHost;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `pouch …`: what is common to its verbs.
@Command(
    name = "pouch",
    mixinStandardHelpOptions = true,
    description = "Asks a container daemon that speaks Docker's API: pouchd, or Docker's own.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      PouchRunCommand.class,
      PouchPsCommand.class,
      PouchLogsCommand.class,
      PouchExecCommand.class,
      PouchStopCommand.class,
      PouchKillCommand.class,
      PouchRmCommand.class,
      PouchImagesCommand.class,
      PouchLoadCommand.class,
      PouchVersionCommand.class
    },
    footer = {
      "",
      "POUCH_HOST in the environment stands for --host.",
      "Exit codes: 0 done, 2 wrong usage, 3 not done; of exec the command's own."
    })
final class PouchCommand {
  private static final String HOST_VARIABLE = "POUCH_HOST";

  @Spec CommandSpec spec;

  @Option(
      names = {"-H", "--host"},
      paramLabel = "unix:///PATH|tcp://HOST:PORT",
      description = "where the daemon listens; unix:///var/run/pouchd.sock by default")
  Optional<String> host = Optional.empty();

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  PouchCommand() {}

  /// What follows the image or the container belongs to the command that is to run there.
  static void prepare(CommandLine pouch) {
    for (String verb : List.of("run", "exec")) {
      Optional.ofNullable(pouch.getSubcommands().get(verb)).orElseThrow().setStopAtPositional(true);
    }
  }

  /// What a verb does with a daemon.
  @FunctionalInterface
  interface Action {
    int with(PouchClient client) throws IOException, InterruptedException;
  }

  int ask(Action action) throws IOException, InterruptedException {
    PouchHost host = host(System.getenv());
    try (PouchClient client = PouchClient.of(host)) {
      return action.with(client);
    } catch (PouchException e) {
      throw e.code() == PouchException.Code.UNREACHABLE
          ? new IOException(unreachable(host, e), e)
          : e;
    }
  }

  private PouchHost host(Map<String, String> environment) {
    String text = host.or(() -> variable(environment)).orElse(PouchHost.DEFAULT.toString());
    try {
      return PouchHost.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private static Optional<String> variable(Map<String, String> environment) {
    return Optional.ofNullable(environment.get(HOST_VARIABLE)).filter(text -> !text.isEmpty());
  }

  private static String unreachable(PouchHost host, PouchException e) {
    return e.getMessage()
        + "; start one: "
        + Demo.command()
        + " pouchd --host "
        + Text.shell(host.toString())
        + " --data-root DIR; or name another with --host or "
        + HOST_VARIABLE;
  }

  /// Does something with each of several containers, as far as it goes, and says each name when
  /// that is done. A failure keeps nobody from the next.
  int each(List<String> containers, Verb verb) throws IOException, InterruptedException {
    return ask(client -> {
      int code = CommandLines.OK;
      for (String container : containers) {
        try {
          verb.on(client, container);
          spec.commandLine().getOut().println(Text.line(container));
        } catch (PouchException e) {
          if (e.code() == PouchException.Code.UNREACHABLE) {
            throw e;
          }
          spec.commandLine()
              .getErr()
              .println("pouch: " + Text.line(String.valueOf(e.getMessage())));
          code = CommandLines.UNREADABLE;
        }
      }
      return code;
    });
  }

  @FunctionalInterface
  interface Verb {
    void on(PouchClient client, String container) throws IOException, InterruptedException;
  }
}
