package dev.groundhog.e2e.disconnects;

import com.sun.net.httpserver.HttpServer;
import dev.groundhog.context.CancellableContext;
import dev.groundhog.context.Context;
import dev.groundhog.context.DisconnectFilter;
import dev.groundhog.context.Disconnects;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Lets the end of `Context.call` race against cancelling, and looks for interrupts that reach what
/// comes after it on the same thread. Ends with 1 if there is one.
///
/// `NeverLate ROUNDS REQUESTS`
public final class NeverLate {
  private static final int MAX_SPIN = 50;
  private static final String LEAVING = "/leaving";

  /// Of the context of a request whose client leaves: while they are being cancelled its call may
  /// end, although it is decided already that it is to be interrupted.
  private static final int CHILDREN = 3_000;

  private final LongAdder early = new LongAdder();
  private final LongAdder missed = new LongAdder();
  private final LongAdder late = new LongAdder();

  private NeverLate() {}

  public static void main(String[] args) throws Exception {
    Thread.setDefaultUncaughtExceptionHandler((_, e) -> {
      e.printStackTrace();
      Runtime.getRuntime().halt(2);
    });
    long rounds = Long.parseLong(args[0]);
    int requests = Integer.parseInt(args[1]);
    boolean clean = true;
    for (ThreadFactory threads :
        List.of(Thread.ofPlatform().factory(), Thread.ofVirtual().factory())) {
      NeverLate race = new NeverLate();
      race.run(rounds / 2, threads);
      System.out.println(kind(threads) + ": " + race);
      clean &= race.isClean();
    }
    if (requests > 0) {
      NeverLate http = new NeverLate();
      http.serve(requests);
      System.out.println(
          "HTTP: "
              + http.missed
              + " clients leave, "
              + http.early
              + " interrupts in time, "
              + http.late
              + " late");
      clean &= http.late.sum() == 0 && http.early.sum() > 0;
    }
    System.exit(clean ? 0 : 1);
  }

  private static String kind(ThreadFactory threads) {
    return threads.newThread(() -> {}).isVirtual() ? "virtual threads" : "pooled platform threads";
  }

  /// A race that only one side wins shows nothing.
  private boolean isClean() {
    return late.sum() == 0 && early.sum() > 0 && missed.sum() > 0;
  }

  @Override
  public String toString() {
    return early
        + " interrupts within the call, "
        + missed
        + " cancelled after it, "
        + late
        + " late";
  }

  /// One thread calls, another cancels, in step.
  private void run(long rounds, ThreadFactory threads) throws Exception {
    AtomicReference<@Nullable CancellableContext> slot = new AtomicReference<>();
    Thread cancelling = Thread.ofPlatform().start(() -> cancel(rounds, slot));
    try (ExecutorService pool = Executors.newFixedThreadPool(1, threads)) {
      Future<?> calling = pool.submit(() -> call(rounds, slot));
      calling.get();
    }
    cancelling.join();
  }

  private void call(long rounds, AtomicReference<@Nullable CancellableContext> slot) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (long round = 0; round < rounds; round++) {
      CancellableContext context = Context.background().withCancel();
      slot.set(context);
      int spins = random.nextInt(MAX_SPIN);
      boolean interrupted =
          context.call(() -> {
            spin(spins);
            return Thread.currentThread().isInterrupted();
          });
      boolean isLate = Thread.interrupted();
      // What comes later: until the other side is done, whatever it does reaches this.
      while (slot.get() != null) {
        Thread.onSpinWait();
      }
      isLate |= Thread.interrupted();
      (interrupted ? early : missed).increment();
      if (isLate) {
        late.increment();
      }
    }
  }

  private static void cancel(long rounds, AtomicReference<@Nullable CancellableContext> slot) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (long round = 0; round < rounds; round++) {
      CancellableContext context = slot.get();
      while (context == null) {
        Thread.onSpinWait();
        context = slot.get();
      }
      spin(random.nextInt(MAX_SPIN));
      context.cancel();
      slot.set(null);
    }
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }

  /// Clients of a real server with few threads: of four requests on a connection three are
  /// answered, and the last is left at about the time when it is. An interrupt of one of the three
  /// is late too: it was another's.
  private void serve(int requests) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 1_000);
    server
        .createContext(
            "/",
            exchange -> {
              try (exchange) {
                if (exchange.getRequestURI().getPath().equals(LEAVING)) {
                  for (int i = 0; i < CHILDREN; i++) {
                    Context.current().withCancel(); // ends with the request
                  }
                }
                spin(ThreadLocalRandom.current().nextInt(MAX_SPIN * 160));
                if (Thread.currentThread().isInterrupted()) {
                  (exchange.getRequestURI().getPath().equals(LEAVING) ? early : late).increment();
                }
                exchange.sendResponseHeaders(200, 2);
                exchange.getResponseBody().write("ok".getBytes(StandardCharsets.UTF_8));
              }
            })
        .getFilters()
        .add(new DisconnectFilter(Disconnects.cancelling()));
    try (ExecutorService pool = Executors.newFixedThreadPool(4);
        ExecutorService clients = Executors.newFixedThreadPool(4)) {
      server.setExecutor(task ->
          pool.execute(() -> {
            task.run();
            spin(ThreadLocalRandom.current().nextInt(MAX_SPIN));
            if (Thread.interrupted()) {
              late.increment();
            }
          }));
      server.start();
      List<Future<?>> done = new ArrayList<>();
      for (int client = 0; client < requests / 4; client++) {
        InetAddress own = InetAddress.ofLiteral("127.0.1." + (1 + client % 250));
        done.add(
            clients.submit(() -> {
              ask(server.getAddress(), own);
              return null;
            }));
      }
      for (Future<?> each : done) {
        each.get();
      }
      server.stop(0);
    }
  }

  private void ask(InetSocketAddress server, InetAddress own) throws IOException {
    try (Socket socket = new Socket(server.getAddress(), server.getPort(), own, 0)) {
      Client.Tcp client = new Client.Tcp(socket);
      for (int request = 0; request < 3; request++) {
        client.ask("/stays");
        String answer = client.read(text -> text.endsWith("ok"));
        if (!answer.endsWith("ok")) {
          late.increment(); // an interrupt has closed the connection of one that stays
          return;
        }
      }
      client.ask(LEAVING);
      spin(ThreadLocalRandom.current().nextInt(MAX_SPIN * 320));
    }
    missed.increment();
  }
}
