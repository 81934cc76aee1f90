package dev.groundhog.examples;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/// A program in a JVM of its own, for a test.
final class Jvm implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Process process;
  private final BufferedReader output;
  private final Path errors;

  private Jvm(Process process, Path errors) {
    this.process = process;
    this.output = process.inputReader();
    this.errors = errors;
  }

  static Jvm start(Class<?> main, String... arguments) throws IOException {
    Path errors = Files.createTempFile("errors", ".txt");
    List<String> command =
        new ArrayList<>(List.of(tool("java"), "-cp", classPath(), main.getName()));
    command.addAll(List.of(arguments));
    return new Jvm(new ProcessBuilder(command).redirectError(errors.toFile()).start(), errors);
  }

  /// Surefire runs a module's tests on the module path.
  private static String classPath() {
    return System.getProperty("java.class.path")
        + java.io.File.pathSeparator
        + System.getProperty("jdk.module.path", "")
        + java.io.File.pathSeparator
        + place(ExecServer.class)
        + java.io.File.pathSeparator
        + place(dev.groundhog.endpoint.AccessRule.class)
        + java.io.File.pathSeparator
        + Path.of("target", "test-classes").toAbsolutePath();
  }

  private static Path place(Class<?> type) {
    return Path.of(
        java.net.URI.create(type.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  Process process() {
    return process;
  }

  String line() throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("the program has ended: " + errors());
    }
    return line;
  }

  String errors() throws IOException {
    return Files.readString(errors);
  }

  String stacks() throws IOException, InterruptedException {
    Path dump = Files.createTempDirectory("stacks").resolve("dump.txt");
    Process jcmd =
        new ProcessBuilder(
                tool("jcmd"), Long.toString(process.pid()), "Thread.dump_to_file", dump.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes());
    if (jcmd.waitFor() != 0) {
      throw new IOException(said);
    }
    String text = Files.readString(dump);
    Files.delete(dump);
    Files.delete(dump.getParent());
    return text;
  }

  /// Waits, half a minute at most, until `condition` holds; whether it does.
  static boolean becomes(Callable<Boolean> condition) throws Exception {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.call()) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      Thread.sleep(50);
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    try {
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    output.close();
    Files.delete(errors);
  }
}
