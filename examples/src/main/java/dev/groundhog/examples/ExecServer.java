package dev.groundhog.examples;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.groundhog.endpoint.AccessRule;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;

/// Runs a command for each request: `/exec?cmd=ps&args=-ef` answers what the command printed, or
/// status 500 and the error's text. When a handler comes home it logs `finish URL`.
///
/// **It leaks on purpose**: a client that does not wait for the answer leaves its handler behind
/// until the command ends. It listens on loopback only, and lets in nobody but its own user and
/// root.
public final class ExecServer {
  private static final System.Logger LOG = System.getLogger(ExecServer.class.getName());
  private static final int MAX_ARGUMENTS = 1_000;

  private final AccessRule rule;

  private ExecServer(AccessRule rule) {
    this.rule = rule;
  }

  /// `--port N` listens there; without it, any free port. The first line of output is the address.
  public static void main(String[] args) throws IOException {
    int port = args.length == 2 && args[0].equals("--port") ? Integer.parseInt(args[1]) : 0;
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
    ExecServer server = new ExecServer(AccessRule.loopback(http.getAddress()));
    http.createContext("/exec", server::exec);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    Runtime.getRuntime()
        .addShutdownHook(new Thread(ExecServer::endChildren, "exec-server-end-children"));
    http.start();
    System.out.println("listening on http://127.0.0.1:" + http.getAddress().getPort());
    System.out.flush();
  }

  private void exec(HttpExchange exchange) throws IOException {
    AccessRule.Decision decision =
        rule.decide(
            exchange.getRemoteAddress(),
            name -> Optional.ofNullable(exchange.getRequestHeaders().get(name)).orElse(List.of()));
    if (!decision.allowed()) {
      answer(exchange, decision.status(), decision.reason().getBytes(StandardCharsets.UTF_8));
      return;
    }
    try {
      byte[] output = combinedOutput(command(exchange.getRequestURI().getRawQuery()));
      answer(exchange, 200, output);
    } catch (IOException | IllegalArgumentException e) {
      answer(exchange, 500, String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
    } finally {
      System.err.println("finish " + harmless(exchange.getRequestURI().toString()));
    }
  }

  /// The command's output and errors together.
  private static byte[] combinedOutput(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    byte[] output = process.getInputStream().readAllBytes();
    try {
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("exit status " + status);
      }
    } catch (InterruptedException e) {
      process.destroy();
      throw new IOException("interrupted", e);
    }
    return output;
  }

  private static List<String> command(String query) {
    List<String> command = new ArrayList<>();
    command.add(parameter(query, "cmd"));
    String arguments = parameter(query, "args");
    if (!arguments.isEmpty()) {
      command.addAll(List.of(arguments.split(" ", MAX_ARGUMENTS)));
    }
    return command;
  }

  private static String parameter(String query, String name) {
    for (String pair : Optional.ofNullable(query).orElse("").split("&", MAX_ARGUMENTS)) {
      if (pair.startsWith(name + "=")) {
        return URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
      }
    }
    return "";
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) {
    try (exchange) {
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    } catch (IOException e) {
      // The client has left: this is when such a server notices, too late.
      LOG.log(System.Logger.Level.DEBUG, "the client has left", e);
    } catch (UncheckedIOException e) {
      LOG.log(System.Logger.Level.DEBUG, "the client has left", e);
    }
  }

  private static void endChildren() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  /// A client must not write lines of its own into the log.
  private static String harmless(String url) {
    return url.replaceAll("\\p{Cntrl}", "?");
  }
}
