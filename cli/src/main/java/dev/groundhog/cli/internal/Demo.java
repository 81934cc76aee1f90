package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.Looks;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.target.Target;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// The article's two scenarios, played with a real server in a JVM of its own.
final class Demo {
  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final Duration CURED_WITHIN = Duration.ofSeconds(10);
  private static final Duration BETWEEN_CHECKS = Duration.ofMillis(100);
  private static final String EXEC_SERVER = "dev.groundhog.examples.ExecServer";
  private static final String HANDLER = "ExecServer.exec";

  private final PrintWriter out;
  private final Theme theme;
  private final Duration betweenLooks;
  private final boolean hold;

  Demo(PrintWriter out, Theme theme, Duration betweenLooks, boolean hold) {
    this.out = out;
    this.theme = theme;
    this.betweenLooks = betweenLooks;
    this.hold = hold;
  }

  /// The handler that runs a command for a client that has left.
  int exec(int clients) throws Exception {
    try (ExampleProcess server = ExampleProcess.start(EXEC_SERVER)) {
      leaveImpatiently(server, clients);
      out.println("Who is still at work?");
      out.println();
      boolean found = show(server, HANDLER);
      if (found) {
        out.println("The cure, a context that is cancelled when the client leaves:");
        out.println(theme.strong("    " + command() + " demo exec --cancel-on-disconnect"));
        holdIfAsked();
      }
      return found ? CommandLines.OK : CommandLines.LEAK;
    }
  }

  /// The same with the cure: nobody is left behind.
  int execCured(int clients) throws Exception {
    try (ExampleProcess server = ExampleProcess.start(EXEC_SERVER, "--cancel-on-disconnect")) {
      out.println("A command ends, with all that it started, when its client leaves.");
      leaveImpatiently(server, clients);
      Target target = Target.of(Long.toString(server.pid()));
      long end = System.nanoTime() + CURED_WITHIN.toNanos();
      Left left = Left.behind(server, target);
      while (!(left.isNothing() && left.finished == clients) && System.nanoTime() < end) {
        Thread.sleep(BETWEEN_CHECKS);
        left = Left.behind(server, target);
      }
      out.println("Who is still at work? " + left);
      holdIfAsked();
      return left.isNothing() ? CommandLines.OK : CommandLines.LEAK;
    }
  }

  /// What clients left behind.
  private record Left(long threads, long processes, long finished) {
    static Left behind(ExampleProcess server, Target target) throws Exception {
      FunctionPattern handler = FunctionPattern.parse(HANDLER);
      long threads =
          Groups.of(target.look().dump()).stream()
              .filter(group -> handler.matches(group.stack()))
              .mapToLong(StackGroup::count)
              .sum();
      long finished =
          server.log().stream()
              .filter(line -> line.startsWith("finish /exec") || line.startsWith("refuse /exec"))
              .count();
      return new Left(threads, server.children(), finished);
    }

    boolean isNothing() {
      return threads == 0 && processes == 0;
    }

    @Override
    public String toString() {
      return isNothing()
          ? "Nobody: no thread, no process, and "
              + Text.count(finished, "handler has", "handlers have")
              + " come home (`finish /exec?…` in its log)."
          : Text.count(threads, "thread", "threads")
              + " and "
              + Text.count(processes, "process", "processes")
              + ": that should not be. Please report it.";
    }
  }

  /// The receiver on a channel that nobody sends to.
  int channel() throws Exception {
    try (ExampleProcess program =
        ExampleProcess.start("dev.groundhog.examples.ChannelWithoutSender")) {
      out.println("A program waits on a channel without a sender (PID " + program.pid() + ")");
      out.println("It says: " + Text.line(program.firstLine()));
      out.println();
      boolean found = show(program, "ChannelWithoutSender.receive");
      if (found) {
        holdIfAsked();
      }
      return found ? CommandLines.OK : CommandLines.LEAK;
    }
  }

  private boolean show(ExampleProcess process, String checked) throws Exception {
    Target target = Target.of(Long.toString(process.pid()));
    Looks looks = new Looks();
    target.look(looks);
    Thread.sleep(betweenLooks);
    Dump dump = target.look(looks).dump();
    FunctionPattern function = FunctionPattern.parse(checked);
    List<StackGroup> leaked =
        Groups.of(dump).stream().filter(g -> function.matches(g.stack())).toList();
    Report report = new Report(out, theme);
    for (StackGroup group : leaked) {
      report.group(group, dump, looks.atLeast(group, dump));
      out.println();
    }
    if (leaked.isEmpty()) {
      out.println("Nobody: that should not be. Please report it.");
      return false;
    }
    out.println("The function to search for, and the check for your tests:");
    String pid = hold ? Long.toString(process.pid()) : "PID";
    out.println(theme.strong("    " + command() + " check " + pid + " --absent " + checked));
    return true;
  }

  /// How this program was called.
  static String command() {
    return Text.shell(System.getProperty("groundhog.command", "groundhog"));
  }

  private void holdIfAsked() throws IOException {
    if (hold) {
      hold(out);
    }
  }

  static void hold(PrintWriter out) throws IOException {
    out.println("Holding until standard input ends (Ctrl-D).");
    out.flush();
    System.in.transferTo(OutputStream.nullOutputStream());
  }

  /// Plays the clients, and says so.
  private void leaveImpatiently(ExampleProcess server, int clients) {
    String url = server.url();
    out.println("A server runs a command for each request: " + url + " (PID " + server.pid() + ")");
    out.println(
        Text.count(clients, "client asks", "clients ask")
            + " for `sleep 600` and "
            + (clients == 1 ? "loses" : "lose")
            + " patience after "
            + Text.duration(PATIENCE)
            + ", as curl -m 1 does.");
    long left = leaveImpatiently(url + "/exec?cmd=sleep&args=600", clients);
    out.print(Text.count(left, "client has", "clients have") + " left. ");
  }

  /// Sends the request `clients` times at once and leaves each after [#PATIENCE]; gives how many
  /// left.
  private static long leaveImpatiently(String url, int clients) {
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
      List<CompletableFuture<HttpResponse<Void>>> requests = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        requests.add(client.sendAsync(request, HttpResponse.BodyHandlers.discarding()));
      }
      long left = requests.stream().filter(Demo::timedOut).count();
      client.shutdownNow();
      return left;
    }
  }

  private static boolean timedOut(CompletableFuture<?> request) {
    try {
      request.join();
      return false;
    } catch (CompletionException e) {
      return e.getCause() instanceof HttpTimeoutException;
    }
  }
}
