package dev.groundhog.cli.internal;

import dev.groundhog.leak.LeakException;
import dev.groundhog.target.TargetException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The verbs and how their failures are told.
@Command(
    name = "groundhog",
    description = {
      "Finds the threads that never came home. Without a command: the list of processes.",
    },
    mixinStandardHelpOptions = true,
    versionProvider = CommandLines.Version.class,
    synopsisSubcommandLabel = "[COMMAND]",
    subcommands = {
      ListCommand.class,
      StackCommand.class,
      CheckCommand.class,
      LeaksCommand.class,
      DiffCommand.class,
      AgentCommand.class,
      PouchdCommand.class,
      PouchCommand.class,
      DemoCommand.class
    },
    footer = {
      "",
      "TARGET is a PID, an http(s):// URL, host:port, a file, or - for standard input.",
      "Exit codes: 0 no leak, 1 leak found, 2 wrong usage, 3 the target could not be read."
    })
public final class CommandLines implements Callable<Integer> {
  static final int OK = 0;
  static final int LEAK = 1;
  static final int USAGE = 2;
  static final int UNREADABLE = 3;

  private static final String POUCH = "pouch";

  @CommandLine.Spec CommandLine.Model.CommandSpec spec;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  public CommandLines() {}

  /// Runs one command line and gives its exit code.
  public static int run(String[] args) {
    TextOutput output = new TextOutput(new FileOutputStream(FileDescriptor.out));
    PrintWriter out = utf8(output);
    PrintWriter err = utf8(new FileOutputStream(FileDescriptor.err));
    int code;
    try {
      code = commandLine(out, err).execute(args);
    } catch (
        Throwable e) { // an Error would end the program with 1, which says that a leak was found
      err.println("groundhog: " + Text.line(message(e)));
      code = UNREADABLE;
    }
    out.flush();
    Optional<String> lost = output.failure();
    lost.ifPresent(why -> err.println("groundhog: standard output: " + Text.line(why)));
    err.flush();
    return lost.isPresent() && code == OK ? UNREADABLE : code;
  }

  /// One that prints there.
  static CommandLine commandLine(PrintWriter out, PrintWriter err) {
    CommandLine line =
        new CommandLine(new CommandLines())
            .setOut(out)
            .setErr(err)
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setExpandAtFiles(false) // a container's command may have a word that begins with @
            .setExecutionExceptionHandler((e, command, _) -> {
              command.getErr().println(program(command) + ": " + Text.line(message(e)));
              return isUsage(e) ? USAGE : UNREADABLE;
            })
            .setParameterExceptionHandler((e, _) -> {
              CommandLine failed = e.getCommandLine();
              failed
                  .getErr()
                  .println(
                      program(failed)
                          + ": "
                          + Text.line(message(e))
                          + "; see '"
                          + failed.getCommandSpec().qualifiedName()
                          + " --help'");
              return USAGE;
            });
    PouchCommand.prepare(Optional.ofNullable(line.getSubcommands().get(POUCH)).orElseThrow());
    return line;
  }

  private static String message(CommandLine.ParameterException e) {
    return e instanceof CommandLine.UnmatchedArgumentException unmatched
            && !unmatched.isUnknownOption()
            && !e.getCommandLine().getSubcommands().isEmpty()
        ? "there is no command " + unmatched.getUnmatched().getFirst()
        : String.valueOf(e.getMessage());
  }

  /// Without a verb: the list, as `gops` does.
  @Override
  public Integer call() throws Exception {
    return ListCommand.show(spec.commandLine().getOut());
  }

  /// `pouch` is a program of its own to those who type it.
  private static String program(CommandLine command) {
    return command.getCommandSpec().qualifiedName().matches("groundhog pouch\\b.*")
        ? POUCH
        : "groundhog";
  }

  private static boolean isUsage(Throwable e) {
    return e instanceof LeakException
        || (e instanceof TargetException t && t.code() == TargetException.Code.USAGE);
  }

  private static String message(Throwable e) {
    return switch (e) {
      case OutOfMemoryError _ ->
          "not enough memory; give it more: java -Xmx4g -jar groundhog.jar, or"
              + " JAVA_TOOL_OPTIONS=-Xmx4g";
      case NoSuchFileException _ -> e.getMessage() + ": no such file or directory";
      case AccessDeniedException _ -> e.getMessage() + ": permission denied";
      case Error _, RuntimeException _ -> "a fault of groundhog: " + e + place(e);
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  private static String place(Throwable e) {
    return e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
  }

  private static PrintWriter utf8(OutputStream output) {
    return new PrintWriter(new OutputStreamWriter(output, StandardCharsets.UTF_8), true);
  }

  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"groundhog " + text()};
    }

    static String text() {
      String version = CommandLines.class.getPackage().getImplementationVersion();
      return version == null ? "(development)" : version;
    }
  }
}
