package dev.groundhog.cli.internal;

import dev.groundhog.pouch.PouchOptions;
import dev.groundhog.pouch.Pouchd;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "pouchd",
    mixinStandardHelpOptions = true,
    customSynopsis = "groundhog pouchd --host ADDRESS… --data-root DIR [OPTIONS]",
    description = {
      "A container daemon with Docker's API, whose handlers can be made to leak.",
      "As root it runs containers with runc; else commands are plain processes, which isolates"
          + " nothing.",
      "Ends on Ctrl-C; its containers go on, and are found again at the next start."
    })
final class PouchdCommand implements Callable<Integer> {
  enum Switch {
    on,
    off
  }

  private static final int UNTIL_CLOSED_SECONDS = 10;
  private static final int MAX_PORT = 65_535;

  @Spec CommandSpec spec;

  @Option(
      names = "--host",
      required = true,
      paramLabel = "unix://PATH|tcp://127.0.0.1:PORT",
      description = "where to listen; may be repeated; port 0 is any")
  List<String> hosts = List.of();

  @Option(
      names = "--data-root",
      required = true,
      paramLabel = "DIR",
      description = "where containers are kept")
  Path dataRoot;

  @Option(
      names = "--runtime",
      paramLabel = "runc|process|PATH",
      description =
          "what runs containers: runc (default as root), a program that is called as it is, or"
              + " process (default as another user), which isolates nothing")
  Optional<String> runtime = Optional.empty();

  @Option(
      names = "--close-notify",
      paramLabel = "on|off",
      description =
          "on (default): a handler ends when its client leaves; off: as before the fix, it is only"
              + " noted")
  Switch closeNotify = Switch.on;

  @Option(
      names = "--debug-address",
      paramLabel = "127.0.0.1:PORT",
      description = "serve /debug/pprof/ there too; it is on every TCP host")
  Optional<String> debugAddress = Optional.empty();

  @SuppressWarnings("NullAway.Init") // picocli sets what is required
  PouchdCommand() {}

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    PouchOptions options = options();
    CountDownLatch ended = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (AutoCloseable _ = closed::countDown;
        Pouchd daemon = Pouchd.start(options)) {
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> endAndWait(ended, closed), "pouchd-exit"));
      for (int i = 0; i < options.addresses().size(); i++) {
        String host = options.addresses().get(i).getAddress().getHostAddress();
        out.println("listening on http://" + host + ":" + daemon.ports().get(i));
      }
      options
          .sockets()
          .forEach(path -> out.println("listening on unix://" + Text.line(path.toString())));
      out.flush();
      if (!daemon.warning().isEmpty()) {
        say(daemon.warning());
      }
      say(daemon, "found again");
      ended.await();
      say(daemon, "left running");
    }
    return CommandLines.OK;
  }

  /// Nothing, if none runs.
  private void say(Pouchd daemon, String what) {
    long running = daemon.running();
    if (running > 0) {
      say(Text.count(running, "container", "containers") + " " + what);
    }
  }

  private void say(String text) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("pouchd: " + text);
    err.flush();
  }

  /// The JVM ends behind it, whoever is not done by then.
  private static void endAndWait(CountDownLatch ended, CountDownLatch closed) {
    ended.countDown();
    try {
      boolean _ = closed.await(UNTIL_CLOSED_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private PouchOptions options() {
    List<Path> sockets = new ArrayList<>();
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (String host : hosts) {
      if (host.startsWith("unix://") && host.length() > "unix://".length()) {
        sockets.add(Path.of(host.substring("unix://".length())));
      } else if (host.startsWith("tcp://")) {
        addresses.add(address(host.substring("tcp://".length()), "--host"));
      } else {
        throw wrong("--host takes unix://PATH or tcp://127.0.0.1:PORT, not " + host);
      }
    }
    try {
      return new PouchOptions(
          sockets,
          addresses,
          dataRoot.toAbsolutePath(),
          runtime,
          closeNotify == Switch.on,
          debugAddress.map(text -> address(text, "--debug-address")));
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private InetSocketAddress address(String text, String option) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      String host = text.substring(0, Math.max(colon, 0)).replaceAll("^\\[|\\]$", "");
      if (colon > 0 && port >= 0 && port <= MAX_PORT) {
        return new InetSocketAddress(
            host.equals("localhost")
                ? InetAddress.getLoopbackAddress()
                : InetAddress.ofLiteral(host),
            port);
      }
    } catch (IllegalArgumentException _) {
      // said below
    }
    throw wrong(option + " takes an address and a port such as 127.0.0.1:2375, not " + text);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
