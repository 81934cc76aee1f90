package dev.groundhog.e2e.disconnects;

import static dev.groundhog.e2e.disconnects.Work.Kind.CREATE;
import static dev.groundhog.e2e.disconnects.Work.Kind.START;
import static dev.groundhog.e2e.disconnects.Work.Kind.STOP;

import dev.groundhog.e2e.disconnects.PouchApi.By;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/// Clients of a container daemon that have it do something, and hang up amid it ([Work]): over the
/// unix socket, over TCP, and as a command line that is killed. What they have begun goes on to its
/// end ([Begun]), and 2 s later nothing is left of it in the data root, nor among this machine's
/// processes; and of the clients nothing in the daemon, as counted from outside.
///
/// `WorkHangUps PID SOCKET PORT ARCHIVE DOCKER CLIENTS DATA-ROOT REMAINS MARK`, where ARCHIVE has
/// the image `loaded:latest`, DOCKER is a command line or `none`, REMAINS a program that prints
/// what nobody owns, and MARK is `NAME=VALUE` for the environment of containers, which no other
/// process has.
public final class WorkHangUps {
  private static final long SEED = 20_262;
  private static final int ROUNDS = 3;
  private static final Set<Work.Kind> GOING_ON = EnumSet.of(CREATE, START, STOP);

  /// So that they leave amid their own work, not while it waits for that of others.
  private static final int AT_ONCE = 6;

  /// Each so manieth client is a command line.
  private static final int KILLED = 5;

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final long pid;
  private final Path socket;
  private final PouchApi api;
  private final Path archive;
  private final String docker;
  private final Path root;
  private final String remains;
  private final String mark;
  private final Queue<Begun> begun = new ConcurrentLinkedQueue<>();
  private final Set<Work.Kind> seen = EnumSet.noneOf(Work.Kind.class);
  private final SplittableRandom random = new SplittableRandom(SEED);

  private WorkHangUps(String[] args) {
    this.pid = Long.parseLong(args[0]);
    this.socket = Path.of(args[1]);
    this.api = new PouchApi(socket, Integer.parseInt(args[2]));
    this.archive = Path.of(args[3]);
    this.docker = args[4];
    this.root = Path.of(args[6]);
    this.remains = args[7];
    this.mark = args[8];
  }

  public static void main(String[] args) throws Exception {
    System.exit(new WorkHangUps(args).run(Integer.parseInt(args[5])) ? 0 : 1);
  }

  private boolean run(int clients) throws Exception {
    round(clients); // what a first time needs is there then
    String left = leftOfWork(System.nanoTime() + PATIENCE.toNanos());
    if (!left.isEmpty()) {
      System.out.println("for good are left " + left);
      return false;
    }
    removeMade();
    Thread.sleep(Rounds.IN_TIME);
    Census before = Census.of(pid);
    Rounds rounds = new Rounds(PATIENCE);
    boolean isClean = true;
    for (int i = 0; i < ROUNDS && isClean; i++) {
      isClean =
          rounds.isInTime(
              clients + " clients hung up amid their work",
              () -> round(clients),
              within -> left(before, within));
    }
    if (isClean && !seen.containsAll(GOING_ON)) {
      System.out.println("of " + GOING_ON + " only these were seen to go on: " + seen);
      return false;
    }
    System.out.println(rounds.lateOnes());
    return isClean;
  }

  /// What there still is after this time, in words. Empty if nothing is.
  private String left(Census before, Duration within) throws Exception {
    long end = System.nanoTime() + within.toNanos();
    String left = leftOfWork(end);
    if (left.isEmpty()) {
      removeMade();
      left = Census.left(pid, before, Duration.ofNanos(end - System.nanoTime()));
    }
    return left;
  }

  private void removeMade() throws IOException {
    for (String id : api.ids("all=1&filters={%22label%22:[%22" + Work.LABEL + "%22]}")) {
      api.remove(id);
    }
    if (api.call("GET", "/images/json", "").contains("\"" + Work.IMAGE + "\"")) {
      String _ = api.call("DELETE", "/images/" + Work.IMAGE, "");
    }
  }

  /// All come, and all hang up.
  private void round(int clients) throws Exception {
    String container =
        api.create(List.of("cat"), "\"OpenStdin\":true", Work.settings(mark, Work.LABEL));
    api.start(container);
    Work work = new Work(api, container, archive, mark, begun);
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
    begun.forEach(each -> seen.add(each.kind()));
  }

  /// What there still is then, in words: work that was not done, processes that have nothing to do
  /// any more, and what belongs to nobody. Empty if nothing is.
  private String leftOfWork(long end) throws Exception {
    while (true) {
      String left = leftOfWork();
      if (left.isEmpty() || System.nanoTime() > end) {
        return left;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  private String leftOfWork() throws IOException, InterruptedException {
    StringBuilder left = new StringBuilder();
    for (Begun each : List.copyOf(begun)) {
      if (each.isDone(api)) {
        begun.remove(each);
      } else {
        left.append("not done: ").append(each).append("; ");
      }
    }
    for (String id : api.ids("filters={%22label%22:[%22" + Work.SOON + "%22]}")) {
      left.append("it runs on: ").append(id).append("; ");
    }
    for (Path exec : execs()) {
      left.append("an exec: ").append(exec).append("; ");
    }
    Process process =
        new ProcessBuilder(remains, root.toString(), socket.toString(), mark)
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
