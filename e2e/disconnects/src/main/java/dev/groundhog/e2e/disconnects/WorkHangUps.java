package dev.groundhog.e2e.disconnects;

import dev.groundhog.e2e.disconnects.PouchApi.By;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Clients of a container daemon that have it do something, and hang up amid it ([Work]): over the
/// unix socket, over TCP, and as a command line that is killed. What they have begun goes on to its
/// end, and 2 s later nothing is left of it in the data root, nor among this machine's processes;
/// and of the clients nothing in the daemon, as counted from outside.
///
/// `WorkHangUps PID SOCKET PORT ARCHIVE DOCKER CLIENTS DATA-ROOT REMAINS`, where DOCKER is a
/// command line or `none`, and REMAINS a program that prints what nobody owns.
public final class WorkHangUps {
  private static final long SEED = 20_262;
  private static final int ROUNDS = 3;
  private static final int TRIES = 3;

  /// So that they leave amid their own work, not while it waits for that of others.
  private static final int AT_ONCE = 6;

  /// Each so manieth client is a command line.
  private static final int KILLED = 5;

  private static final Duration TO_END = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final long pid;
  private final Path socket;
  private final PouchApi api;
  private final Path archive;
  private final String docker;
  private final Path root;
  private final String remains;
  private final SplittableRandom random = new SplittableRandom(SEED);

  private WorkHangUps(String[] args) {
    this.pid = Long.parseLong(args[0]);
    this.socket = Path.of(args[1]);
    this.api = new PouchApi(socket, Integer.parseInt(args[2]));
    this.archive = Path.of(args[3]);
    this.docker = args[4];
    this.root = Path.of(args[6]);
    this.remains = args[7];
  }

  public static void main(String[] args) throws Exception {
    System.exit(new WorkHangUps(args).run(Integer.parseInt(args[5])) ? 0 : 1);
  }

  private boolean run(int clients) throws Exception {
    round(clients); // what a first time needs is there then
    String left = left(TO_END.plus(PATIENCE));
    Thread.sleep(TO_END);
    Census before = Census.of(pid);
    boolean isClean = left.isEmpty();
    for (int i = 0; i < ROUNDS && isClean; i++) {
      isClean = isInTime(clients, before);
    }
    System.out.print(left);
    return isClean;
  }

  /// What else runs on the machine may slow the daemon down: of three rounds one must be in time,
  /// and of none may anything be left for good.
  private boolean isInTime(int clients, Census before) throws Exception {
    for (int i = 0; i < TRIES; i++) {
      round(clients);
      String left = left(TO_END) + leftInDaemon(before, TO_END);
      System.out.printf(
          Locale.ROOT,
          "%d clients hung up amid their work; %s%n",
          clients,
          left.isEmpty() ? "nothing is left" : "after 2 s are left " + left);
      if (left.isEmpty()) {
        return true;
      }
      String leftForGood = left(PATIENCE) + leftInDaemon(before, PATIENCE);
      if (!leftForGood.isEmpty()) {
        System.out.println("and for good " + leftForGood);
        return false;
      }
    }
    return false;
  }

  private String leftInDaemon(Census before, Duration within) throws Exception {
    for (String id : api.ids("all=1&filters={%22label%22:[%22" + Work.LABEL + "%22]}")) {
      api.remove(id);
    }
    return Census.left(pid, before, within);
  }

  /// All come, and all hang up.
  private void round(int clients) throws Exception {
    String container = api.create(List.of("cat"), "\"OpenStdin\":true", Work.LABELS);
    api.start(container);
    Work work = new Work(api, container, archive);
    Work.Kind[] kinds = Work.Kind.values();
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        Work.Kind kind = kinds[i % kinds.length];
        By by = By.turn(i / kinds.length);
        boolean isKilled = i % KILLED == 0 && !docker.equals("none");
        SplittableRandom dice = random.split();
        done.add(
            threads.submit(() -> {
              if (isKilled) {
                work.beginAndBeKilled(kind, docker, "unix://" + socket, dice);
              } else {
                work.begin(kind, by, dice);
              }
              return null;
            }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    }
  }

  /// What there still is after this time, in words: processes that have nothing to do any more, and
  /// what belongs to nobody. Empty if nothing is.
  private String left(Duration within) throws Exception {
    long end = System.nanoTime() + within.toNanos();
    while (true) {
      String left = left();
      if (left.isEmpty() || System.nanoTime() > end) {
        return left;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  private String left() throws IOException, InterruptedException {
    StringBuilder left = new StringBuilder();
    for (String id : api.ids("filters={%22label%22:[%22" + Work.SOON + "%22]}")) {
      left.append("it runs on: ").append(id).append("; ");
    }
    for (Path exec : execs()) {
      left.append("an exec: ").append(exec).append("; ");
    }
    Process process =
        new ProcessBuilder(remains, root.toString(), socket.toString())
            .redirectErrorStream(true)
            .start();
    for (String line : process.inputReader().readAllLines()) {
      left.append(line).append("; ");
    }
    return process.waitFor() == 0 ? left.toString() : left + "; " + remains + " failed";
  }

  private List<Path> execs() throws IOException {
    List<Path> found = new ArrayList<>();
    try (Stream<Path> containers = Files.list(root.resolve("containers"))) {
      for (Path container : containers.toList()) {
        Path execs = container.resolve("execs");
        if (Files.isDirectory(execs)) {
          try (Stream<Path> all = Files.list(execs)) {
            all.forEach(found::add);
          }
        }
      }
    }
    return found;
  }
}
