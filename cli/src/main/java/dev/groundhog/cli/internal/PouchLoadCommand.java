package dev.groundhog.cli.internal;

import dev.groundhog.pouch.PouchClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = "Loads images from a tar, as docker save writes it.")
final class PouchLoadCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @ParentCommand PouchCommand pouch;

  @Option(
      names = {"-i", "--input"},
      paramLabel = "FILE",
      description = "the tar; standard input by default")
  Optional<Path> file = Optional.empty();

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  PouchLoadCommand() {}

  @Override
  public Integer call() throws Exception {
    if (file.isEmpty()) {
      if (StandardOutput.isTerminal(StandardOutput.STDIN)) {
        throw new ParameterException(
            spec.commandLine(), "no image is coming: give --input FILE, or pipe a tar into it");
      }
      return pouch.ask(client -> load(client, System.in));
    }
    Path path = file.get();
    if (!Files.isReadable(path) || Files.isDirectory(path)) {
      throw new ParameterException(
          spec.commandLine(), "--input takes a file that can be read, not " + path);
    }
    try (InputStream tar = Files.newInputStream(path)) {
      return pouch.ask(client -> load(client, tar));
    }
  }

  private int load(PouchClient client, InputStream tar) throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    client.load(tar, told -> out.println(Text.line(told)));
    return CommandLines.OK;
  }
}
