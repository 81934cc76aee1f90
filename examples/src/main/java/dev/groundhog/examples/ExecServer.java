package dev.groundhog.examples;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.groundhog.context.CancellableContext;
import dev.groundhog.context.Context;
import dev.groundhog.context.DisconnectFilter;
import dev.groundhog.context.Disconnects;
import dev.groundhog.endpoint.AccessRule;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;

/// Runs a command for each request: `/exec?cmd=ps&args=-ef` answers what the command printed, or
/// status 500 and the error's text. When a handler comes home it logs `finish URL`.
///
/// **It leaks on purpose**: a client that does not wait for the answer leaves its handler behind
/// until the command ends. The cure is `--cancel-on-disconnect`: the command, and all that it
/// started, ends when the client leaves. It listens on loopback only, and lets in nobody but its
/// own user and root. On its end it takes along what it started.
///
/// Limits: at most 16 MiB of a command's output are answered, a command that prints more is ended;
/// arguments are separated by single blanks and cannot contain one; parameters are read from the
/// URL only, not from a form in the body.
public final class ExecServer {
  private static final System.Logger LOG = System.getLogger(ExecServer.class.getName());
  private static final String CANCEL = "--cancel-on-disconnect";
  private static final Duration GRACE = Duration.ofSeconds(1);
  private static final int MAX_ARGUMENTS = 1_000;
  private static final int MAX_OUTPUT_BYTES = 16 << 20;

  private final AccessRule rule;
  private final Children children = new Children();

  private ExecServer(AccessRule rule) {
    this.rule = rule;
  }

  /// `--port N` listens there; without it, any free port. `--cancel-on-disconnect` ends a command
  /// when its client leaves. The first line of output is the address.
  public static void main(String[] args) throws IOException {
    Options options = new Options(args, Set.of(CANCEL), "--port");
    int port = options.get("--port").map(Options::port).orElse(0);
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), 0);
    AccessRule rule = AccessRule.loopback(http.getAddress());
    if (!rule.canTellPeers()) {
      System.err.println("users of connections cannot be told apart here: nobody will be let in");
    }
    ExecServer server = new ExecServer(rule);
    HttpContext exec = http.createContext("/exec", server::exec);
    if (options.has(CANCEL)) {
      exec.getFilters().add(new DisconnectFilter(Disconnects.cancelling()));
    }
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    Runtime.getRuntime()
        .addShutdownHook(new Thread(server.children::endAll, "exec-server-end-children"));
    http.start();
    System.out.println("listening on http://127.0.0.1:" + http.getAddress().getPort());
    System.out.flush();
  }

  private void exec(HttpExchange exchange) {
    AccessRule.Decision decision =
        rule.decide(
            exchange.getLocalAddress(),
            exchange.getRemoteAddress(),
            name -> Optional.ofNullable(exchange.getRequestHeaders().get(name)).orElse(List.of()));
    if (!decision.allowed()) {
      // So it is of a client that has left already: nobody can tell whose its connection was.
      answer(exchange, decision.status(), decision.reason().getBytes(StandardCharsets.UTF_8));
      say("refuse", exchange);
      return;
    }
    try {
      byte[] output = combinedOutput(command(exchange.getRequestURI().getRawQuery()));
      answer(exchange, 200, output);
    } catch (IOException e) {
      answer(exchange, 500, String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
    } finally {
      say("finish", exchange);
    }
  }

  private static void say(String what, HttpExchange exchange) {
    System.err.println(what + " " + harmless(exchange.getRequestURI().toString()));
  }

  /// The command's output and errors together. Whatever ends the wait for it ends the command.
  private byte[] combinedOutput(List<String> command) throws IOException {
    try (CancellableContext running = Context.current().withCancel()) {
      Process process = children.start(new ProcessBuilder(command).redirectErrorStream(true));
      running.destroyOnCancel(process, GRACE);
      process.getOutputStream().close();
      byte[] output = process.getInputStream().readNBytes(MAX_OUTPUT_BYTES + 1);
      if (output.length > MAX_OUTPUT_BYTES) {
        throw new IOException("more than " + MAX_OUTPUT_BYTES + " bytes of output");
      }
      int status = process.waitFor();
      if (status != 0) {
        throw new IOException("exit status " + status);
      }
      return output;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static List<String> command(String rawQuery) throws IOException {
    Query query = Query.parse(Optional.ofNullable(rawQuery).orElse(""));
    List<String> command = new ArrayList<>();
    command.add(query.first("cmd"));
    if (command.getFirst().isEmpty()) {
      throw new IOException("no command");
    }
    String arguments = query.first("args");
    if (!arguments.isEmpty()) {
      command.addAll(List.of(arguments.split(" ", MAX_ARGUMENTS)));
    }
    return command;
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(body);
        }
      }
    } catch (IOException e) {
      // This is when such a server notices, too late.
      LOG.log(System.Logger.Level.DEBUG, "the client has left", e);
    }
  }

  /// A client must not write lines of its own into the log, nor steer a terminal.
  static String harmless(String url) {
    StringBuilder text = new StringBuilder(url.length());
    url.chars().forEach(c -> text.append(Character.isISOControl(c) ? '?' : (char) c));
    return text.toString();
  }
}
