package dev.groundhog.cli.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An example program in a JVM of its own, ended with all that it started, also on Ctrl-C.
final class ExampleProcess implements AutoCloseable {
  private static final long GRACE_SECONDS = 5;

  private final Process process;
  private final BufferedReader output;
  private final String firstLine;
  private final Thread onExit;

  private ExampleProcess(Process process, BufferedReader output, String firstLine, Thread onExit) {
    this.process = process;
    this.output = output;
    this.firstLine = firstLine;
    this.onExit = onExit;
  }

  /// Starts the class `main` from this program's own class path, and waits for its first line.
  static ExampleProcess start(String main) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    List<String> command =
        List.of(
            java, "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"), main);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    Thread onExit = new Thread(() -> end(process), "groundhog-demo-exit");
    Runtime.getRuntime().addShutdownHook(onExit);
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    if (line == null) {
      end(process);
      Runtime.getRuntime().removeShutdownHook(onExit);
      throw new IOException("the example " + main + " did not start");
    }
    return new ExampleProcess(process, output, line, onExit);
  }

  long pid() {
    return process.pid();
  }

  String firstLine() {
    return firstLine;
  }

  @Override
  public void close() throws IOException {
    end(process);
    output.close();
    Runtime.getRuntime().removeShutdownHook(onExit);
  }

  private static void end(Process process) {
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
  }
}
