package dev.groundhog.cli.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An example program in a JVM of its own, ended with all that it started, also on Ctrl-C.
final class ExampleProcess implements AutoCloseable {
  private static final long GRACE_SECONDS = 5;

  private final Process process;
  private final BufferedReader output;
  private final String firstLine;
  private final Path log;
  private final Thread onExit;

  private ExampleProcess(
      Process process, BufferedReader output, String firstLine, Path log, Thread onExit) {
    this.process = process;
    this.log = log;
    this.output = output;
    this.firstLine = firstLine;
    this.onExit = onExit;
  }

  /// Starts the class `main` from this program's own class path, and waits for its first line.
  static ExampleProcess start(String main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("--enable-native-access=ALL-UNNAMED");
    for (String exported : List.of("java.base/jdk.internal.vm", "java.base/sun.nio.ch")) {
      command.addAll(List.of("--add-exports", exported + "=ALL-UNNAMED"));
    }
    command.addAll(List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
    command.addAll(List.of(arguments));
    Path log = Files.createTempFile("groundhog-demo-", ".log");
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    Thread onExit = new Thread(() -> end(process, log), "groundhog-demo-exit");
    Runtime.getRuntime().addShutdownHook(onExit);
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    if (line == null) {
      end(process, log);
      Runtime.getRuntime().removeShutdownHook(onExit);
      throw new IOException("the example " + main + " did not start");
    }
    return new ExampleProcess(process, output, line, log, onExit);
  }

  long pid() {
    return process.pid();
  }

  String firstLine() {
    return firstLine;
  }

  /// Of a server that says in its first line where it listens.
  String url() {
    return firstLine.replaceFirst("^.* (?=http)", "");
  }

  /// What it has written to standard error so far.
  List<String> log() throws IOException {
    return Files.readAllLines(log);
  }

  /// How many processes it has started that are alive, and these in turn.
  long children() {
    return process.descendants().count();
  }

  @Override
  public void close() throws IOException {
    end(process, log);
    output.close();
    Runtime.getRuntime().removeShutdownHook(onExit);
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // it is one of many in a folder for such files
    }
  }

  private static void end(Process process, Path log) {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    children.forEach(ProcessHandle::destroyForcibly);
    deleteQuietly(log);
  }
}
