package dev.groundhog.e2e.disconnects;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A server in a JVM of its own, and what it says.
final class ServerProcess implements AutoCloseable {
  private static final int START_SECONDS = 30;

  private final Process process;
  private final Map<String, CompletableFuture<Long>> said = new ConcurrentHashMap<>();

  private ServerProcess(Process process) {
    this.process = process;
    Thread.ofPlatform().daemon().name("server-output").start(this::readAll);
  }

  /// Starts `main` with this program's own class path.
  static ServerProcess start(Class<?> main, List<String> options, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--add-exports=java.base/sun.nio.ch=ALL-UNNAMED");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ServerProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  long pid() {
    return process.pid();
  }

  /// The port that it listens on.
  int port() throws Exception {
    return Math.toIntExact(
        said.computeIfAbsent("listening", _ -> new CompletableFuture<>())
            .get(START_SECONDS, TimeUnit.SECONDS));
  }

  /// When it said this of a request, in its words of `System.nanoTime`; empty if it does not within
  /// the time.
  OptionalLong said(String what, String id, long withinMillis) throws Exception {
    try {
      return OptionalLong.of(
          said.computeIfAbsent(what + " " + id, _ -> new CompletableFuture<>())
              .get(withinMillis, TimeUnit.MILLISECONDS));
    } catch (TimeoutException _) {
      return OptionalLong.empty();
    }
  }

  /// Ends its standard input.
  void endInput() throws IOException {
    process.getOutputStream().close();
  }

  private void readAll() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int number = line.lastIndexOf(' ');
        said.computeIfAbsent(line.substring(0, number), _ -> new CompletableFuture<>())
            .complete(Long.parseLong(line.substring(number + 1)));
      }
    } catch (IOException _) {
      // it was ended
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
