package dev.groundhog.e2e.disconnects;

import dev.groundhog.e2e.disconnects.PouchApi.By;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Clients of a container daemon that follow a log, follow events, or wait for a container's end,
/// and hang up, over its unix socket and over TCP: they close, reset, or are killed. What the
/// daemon has left of them is counted from outside.
///
/// `HangUps PID SOCKET PORT CONTAINER WHAT CLIENTS`, where the container is silent, and WHAT is
///
/// - `cured`: [#ROUNDS] rounds in which each hangs up at a random moment, some before they are
///   answered, and one in which all are served before. Ends with 1 if anything is left 2 s later,
///   as [Rounds] has it.
/// - `leaking`: one round of the latter sort, for a daemon that only notes who has left. Ends with
///   1 unless all are left.
/// - `followers`: all follow the log and stay, to see how much of the heap they hold.
public final class HangUps {
  private static final long SEED = 20_261;
  private static final int ROUNDS = 3;
  private static final int MAX_MILLIS = 500;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /// Each so manieth client is a process of its own, which is killed.
  private static final int KILLED = 4;

  private final long pid;
  private final Path socket;
  private final int port;
  private final PouchApi api;
  private final List<Wish> wishes;
  private final SplittableRandom random = new SplittableRandom(SEED);

  private HangUps(long pid, Path socket, int port, String container) {
    this.pid = pid;
    this.socket = socket;
    this.port = port;
    this.api = new PouchApi(socket, port);
    this.wishes =
        List.of(
            new Wish("GET", "/v1.24/containers/" + container + "/logs?stdout=1&stderr=1&follow=1"),
            new Wish("GET", "/v1.24/events"),
            new Wish("POST", "/v1.24/containers/" + container + "/wait"));
  }

  /// What is asked for, and never comes.
  private record Wish(String method, String path) {
    byte[] request() {
      return Client.request(method, path, "Content-Length: 0");
    }
  }

  public static void main(String[] args) throws Exception {
    HangUps hangUps =
        new HangUps(Long.parseLong(args[0]), Path.of(args[1]), Integer.parseInt(args[2]), args[3]);
    int clients = Integer.parseInt(args[5]);
    boolean isAsMeant =
        switch (args[4]) {
          case "cured" -> hangUps.cured(clients);
          case "leaking" -> hangUps.leaking(clients);
          case "followers" -> hangUps.followers(clients);
          default -> throw new IllegalArgumentException(args[4]);
        };
    System.exit(isAsMeant ? 0 : 1);
  }

  private boolean cured(int clients) throws Exception {
    beRefused();
    round(clients, Census.of(pid), false);
    awaitRequests(0);
    round(clients, Census.of(pid), true);
    Census before = atRest();
    Rounds rounds = new Rounds(PATIENCE);
    boolean isClean = true;
    for (int i = 0; i < ROUNDS && isClean; i++) {
      isClean = isInTime(rounds, clients, before, false);
    }
    isClean = isClean && isInTime(rounds, clients, before, true);
    System.out.println(rounds.lateOnes());
    return isClean;
  }

  private boolean isInTime(Rounds rounds, int clients, Census before, boolean whenAllAreThere)
      throws Exception {
    return rounds.isInTime(
        clients
            + " clients hung up "
            + (whenAllAreThere ? "when all were served" : "at random moments"),
        () -> round(clients, before, whenAllAreThere),
        within -> Census.left(pid, before, within));
  }

  /// So that what a first refusal needs is there.
  private void beRefused() throws IOException {
    try (Client client = api.connect(By.UNIX)) {
      client.ask("/v1.24/containers/none/json", "Connection: close");
      client.read(answer -> answer.contains("message"));
    }
  }

  private boolean leaking(int clients) throws Exception {
    Census before = Census.of(pid);
    round(clients, before, true);
    Thread.sleep(Rounds.IN_TIME);
    Census after = Census.of(pid);
    System.out.printf(
        Locale.ROOT,
        "%d clients hung up; left are %d requests, %d threads, %d descriptors%n",
        clients,
        after.requests() - before.requests(),
        after.threads().size() - before.threads().size(),
        after.descriptors().size() - before.descriptors().size());
    return after.requests() - before.requests() == clients
        && after.threads().size() - before.threads().size() >= clients
        && after.descriptors().size() - before.descriptors().size() >= clients;
  }

  private boolean followers(int clients) throws Exception {
    round(clients / 10, Census.of(pid), true);
    Census before = atRest();
    long bytesBefore = Census.liveBytes(pid);
    List<Client> all = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      Client client = api.connect(By.turn(i));
      client.write(wishes.getFirst().request());
      all.add(client);
    }
    awaitRequests(before.requests() + clients);
    long each = (Census.liveBytes(pid) - bytesBefore) / clients;
    Census with = Census.of(pid);
    for (Client client : all) {
      client.close();
    }
    String left = Census.left(pid, before, PATIENCE);
    System.out.printf(
        Locale.ROOT,
        "%d followers: %d bytes of live heap each, %d threads, %d descriptors; %s%n",
        clients,
        each,
        with.threads().size() - before.threads().size(),
        with.descriptors().size() - before.descriptors().size(),
        left.isEmpty() ? "nothing is left of them" : left);
    return left.isEmpty();
  }

  /// What there is when nobody asks.
  private Census atRest() throws Exception {
    awaitRequests(0);
    Thread.sleep(Rounds.IN_TIME);
    return Census.of(pid);
  }

  private void awaitRequests(long wanted) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (Census.of(pid).requests() != wanted) {
      if (System.nanoTime() > end) {
        throw new IOException(Census.of(pid).requests() + " requests, not " + wanted);
      }
      Thread.sleep(Duration.ofMillis(100));
    }
  }

  /// All come, and all hang up.
  private void round(int clients, Census before, boolean whenAllAreThere) throws Exception {
    CountDownLatch go = new CountDownLatch(whenAllAreThere ? 1 : 0);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        Wish wish = wishes.get(i % wishes.size());
        By by = By.turn(i / wishes.size());
        boolean isKilled = i % KILLED == 0;
        SplittableRandom dice = random.split();
        done.add(
            threads.submit(() -> {
              if (isKilled) {
                askAndBeKilled(wish, by, go, dice);
              } else {
                askAndLeave(wish, by, go, dice);
              }
              return null;
            }));
      }
      try {
        if (whenAllAreThere) {
          awaitRequests(before.requests() + clients);
        }
      } finally {
        go.countDown();
      }
      for (Future<?> each : done) {
        each.get();
      }
    }
  }

  private void askAndLeave(Wish wish, By by, CountDownLatch go, SplittableRandom dice)
      throws IOException, InterruptedException {
    try (Client client = api.connect(by)) {
      client.write(wish.request());
      go.await();
      Thread.sleep(dice.nextInt(MAX_MILLIS));
      if (by == By.TCP && dice.nextBoolean()) {
        client.reset();
      }
    }
  }

  private void askAndBeKilled(Wish wish, By by, CountDownLatch go, SplittableRandom dice)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("curl", "-s", "-N", "-o", "/dev/null", "-X", wish.method()));
    if (by == By.UNIX) {
      command.addAll(List.of("--unix-socket", socket.toString()));
    }
    command.add("http://127.0.0.1:" + port + wish.path());
    Process curl = new ProcessBuilder(command).start();
    try {
      go.await();
      Thread.sleep(dice.nextInt(MAX_MILLIS));
      if (!curl.isAlive()) {
        throw new IOException("a client got an answer: curl ended with " + curl.exitValue());
      }
    } finally {
      curl.destroyForcibly().waitFor();
    }
  }
}
