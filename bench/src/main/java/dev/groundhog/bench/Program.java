package dev.groundhog.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A program in a JVM of its own, with the agent in it or without. It says `ready` and what else it
/// has to say on standard output, and ends with its standard input.
final class Program implements AutoCloseable {
  private static final String LISTENING = "groundhog: listening on ";

  private final Process process;
  private final BufferedReader output;
  private final Path errors;
  private final String address;
  private final String ready;

  private Program(
      Process process, BufferedReader output, Path errors, String address, String ready) {
    this.process = process;
    this.output = output;
    this.errors = errors;
    this.address = address;
    this.ready = ready;
  }

  /// Starts it, and returns when it is ready and the agent listens.
  ///
  /// @param agent the agent's jar
  /// @param flags options of the JVM
  static Program start(Path agent, List<String> flags, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    return start(agent, "", flags, main, arguments);
  }

  /// As above.
  ///
  /// @param more options of the agent, each behind a comma
  static Program start(
      Path agent, String more, List<String> flags, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(flags);
    all.add("-javaagent:" + agent + "=address=127.0.0.1:0,looks=off" + more);
    Launched launched = launch(all, main, arguments);
    for (int attempt = 0; attempt < 200; attempt++) {
      String said = Files.readString(launched.errors);
      int start = said.indexOf(LISTENING);
      if (start >= 0 && said.indexOf('\n', start) > 0) {
        String address =
            said.substring(start + LISTENING.length(), said.indexOf('\n', start)).strip();
        return launched.at(address.replaceFirst(";.*", ""));
      }
      Thread.sleep(50);
    }
    launched.process.destroyForcibly();
    throw new IOException("the agent does not listen: " + Files.readString(launched.errors));
  }

  /// Starts it without the agent.
  static Program plain(List<String> flags, Class<?> main, String... arguments) throws IOException {
    return launch(flags, main, arguments).at("");
  }

  /// A program that has said that it is ready.
  private record Launched(Process process, BufferedReader output, Path errors, String ready) {
    Program at(String address) {
      return new Program(process, output, errors, address, ready);
    }
  }

  private static Launched launch(List<String> flags, Class<?> main, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java());
    command.addAll(flags);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Path errors = Files.createTempFile("groundhog-bench-", ".err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    String line = output.readLine();
    while (line != null && !line.startsWith("ready")) {
      line = output.readLine();
    }
    if (line == null) {
      throw new IOException("the program did not start: " + Files.readString(errors));
    }
    return new Launched(process, output, errors, line);
  }

  static String java() {
    return tool("java");
  }

  static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  long pid() {
    return process.pid();
  }

  /// What it said when it was ready.
  String ready() {
    return ready;
  }

  /// The URL of `path` at its agent.
  String url(String path) {
    return address + path;
  }

  /// Says a line to it and gives its answer.
  String ask(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    String answer = output.readLine();
    if (answer == null) {
      throw new IOException("the program has ended: " + errors());
    }
    return answer;
  }

  /// All that stands on its standard error.
  String errors() throws IOException {
    return Files.readString(errors);
  }

  /// Takes the body of an answer of its agent.
  interface Body<T> {
    T read(InputStream body) throws IOException;
  }

  <T> T get(String path, Body<T> body) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(url(path)).toURL().openConnection();
    try (InputStream in = connection.getInputStream()) {
      return body.read(in);
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    process.onExit().join();
    Files.deleteIfExists(errors);
  }
}
