package dev.groundhog.e2e.disconnects;

import dev.groundhog.e2e.disconnects.BlockingServer.Kind;
import dev.groundhog.e2e.disconnects.BlockingServer.Mode;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/// Asks a server very often, on many connections at a time, and hangs up on half of the requests at
/// random moments; then lets very many requests wait and leaves them all at once. Afterwards it
/// counts from outside what the server has left. Ends with 1 if anything is.
///
/// `Hammer REQUESTS CONNECTIONS WAITING`
public final class Hammer {
  private static final long SEED = 20_260;
  private static final int MAX_MICROS = 2_000;

  /// Until the threads of pools and watchers have ended that end when they are idle.
  private static final Duration REST = Duration.ofSeconds(60);

  private static final double TOLD_WITHIN_MILLIS = 100;
  private static final int PATIENCE_MILLIS = 60_000;
  private static final String NOTHING = "nothing is left";
  private static final String WATCHER = "groundhog-disconnects";

  private final Kind kind;
  private final ServerProcess server;
  private final int port;
  private final LongAdder answered = new LongAdder();
  private final LongAdder left = new LongAdder();

  private Hammer(Kind kind, ServerProcess server) throws Exception {
    this.kind = kind;
    this.server = server;
    this.port = server.port();
  }

  public static void main(String[] args) throws Exception {
    int requests = Integer.parseInt(args[0]);
    int connections = Integer.parseInt(args[1]);
    int waiting = Integer.parseInt(args[2]);
    boolean clean = true;
    for (Kind kind : List.of(Kind.JDK, Kind.JETTY)) {
      List<String> options =
          List.of(
              "-Dsun.net.httpserver.nodelay=true",
              "-Dsun.net.httpserver.maxIdleConnections=" + 2 * connections);
      try (ServerProcess server =
          ServerProcess.start(
              BlockingServer.class, options, kind.name(), Mode.CANCEL.name(), "none")) {
        clean &= new Hammer(kind, server).run(requests, connections, waiting);
      }
    }
    System.exit(clean ? 0 : 1);
  }

  private boolean run(int requests, int connections, int waiting) throws Exception {
    hammer(connections, connections);
    Census before = atRest();
    answered.reset();
    left.reset();
    Set<String> watchers = hammer(requests, connections);
    String left = Census.left(server.pid(), before, REST);
    System.out.printf(
        Locale.ROOT,
        "%s: %d requests answered, %d left; %d thread(s) watched; %s%n",
        kind,
        answered.sum(),
        this.left.sum(),
        watchers.size(),
        left.isEmpty() ? NOTHING : left);
    MassClose close = MassClose.of(port, waiting);
    String leftByMass = Census.left(server.pid(), before, REST);
    System.out.printf(
        Locale.ROOT, "%s: %s; %s%n", kind, close, leftByMass.isEmpty() ? NOTHING : leftByMass);
    return left.isEmpty()
        && leftByMass.isEmpty()
        && watchers.size() == 1
        && close.slowestMillis() <= TOLD_WITHIN_MILLIS;
  }

  /// What there is when no request is running.
  private Census atRest() throws Exception {
    Thread.sleep(REST.dividedBy(4));
    return Census.of(server.pid());
  }

  /// @return the kernel's ids of the watcher's threads that were seen meanwhile
  private Set<String> hammer(int requests, int connections) throws Exception {
    AtomicInteger remaining = new AtomicInteger(requests);
    Set<String> watchers = new TreeSet<>();
    SplittableRandom random = new SplittableRandom(SEED);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> done = new ArrayList<>();
      for (int client = 0; client < connections; client++) {
        InetAddress own = InetAddress.ofLiteral("127.0.1." + (1 + client % 250));
        SplittableRandom dice = random.split();
        done.add(
            clients.submit(() -> {
              connections(remaining, own, dice);
              return null;
            }));
      }
      for (Future<?> each : done) {
        while (!each.isDone()) {
          watchers.addAll(Census.threadsNamed(server.pid(), WATCHER));
          Thread.sleep(Duration.ofMillis(20));
        }
        each.get();
      }
    }
    return watchers;
  }

  /// One connection after the other, each used until it is hung up.
  private void connections(AtomicInteger remaining, InetAddress own, SplittableRandom random)
      throws IOException {
    while (remaining.get() > 0) {
      try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port, own, 0)) {
        Client.Tcp client = new Client.Tcp(socket);
        socket.setSoTimeout(PATIENCE_MILLIS);
        boolean hangsUp = false;
        while (!hangsUp && remaining.getAndDecrement() > 0) {
          hangsUp = random.nextBoolean();
          client.ask("/work?" + random.nextInt(MAX_MICROS));
          if (hangsUp) {
            LockSupport.parkNanos(random.nextInt(MAX_MICROS) * 1_000L);
            left.increment();
            if (random.nextBoolean()) {
              client.reset();
            }
          } else {
            awaitAnswer(socket.getInputStream());
            answered.increment();
          }
        }
      }
    }
  }

  /// One who stays is answered, and never cut off.
  private static void awaitAnswer(InputStream in) throws IOException {
    StringBuilder answer = new StringBuilder();
    byte[] part = new byte[1_024];
    while (answer.indexOf(Blocking.WORKED) < 0) {
      int read = in.read(part);
      if (read < 0) {
        throw new EOFException("one who stayed was answered: " + answer);
      }
      answer.append(new String(part, 0, read, StandardCharsets.US_ASCII));
    }
  }
}
