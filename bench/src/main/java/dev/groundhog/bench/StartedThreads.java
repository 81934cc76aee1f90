package dev.groundhog.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A program that starts virtual threads when it is told to, and says how long that took or how
/// much memory it has. Argument `throwable`: the agent's hook makes a `Throwable` and does nothing
/// else.
///
/// | line | answer |
/// |---|---|
/// | `empty N` | ns for starting and joining one of N threads that do nothing |
/// | `busy N` | the same, each works for some 20 µs |
/// | `throwable 1` | from now on the agent's hook makes a `Throwable` and does nothing else |
/// | `park N` | starts N threads that wait for good; bytes of the heap that are in use then |
/// | `forget 1` | turns the agent's recording off; bytes of the heap that are in use then |
public final class StartedThreads {
  private static final int BATCH = 1_000;
  private static final int DEPTH = 3;

  /// From 64 places, each 13 frames deep.
  private static final int SITE_BITS = 6;

  private static final int SITES = 1 << SITE_BITS;
  private static final long WORK_NANOS = 20_000;

  private static final List<Thread> PARKED = new ArrayList<>();
  private static volatile @Nullable Object made;
  private static long loops = 1;

  private StartedThreads() {}

  public static void main(String[] args) throws Exception {
    loops = loopsOf(WORK_NANOS);
    System.out.println("ready");
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      System.out.println(answer(line.split(" ")));
    }
  }

  private static long answer(String[] words) throws ReflectiveOperationException {
    int count = Integer.parseInt(words[1]);
    return switch (words[0]) {
      case "empty" -> nanos(count, () -> {});
      case "busy" -> nanos(count, StartedThreads::work);
      case "park" -> park(count);
      case "forget" -> forget();
      case "throwable" -> onlyMakeThrowables(count);
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  /// Needs `jdk.internal.vm` of `java.base` to be exported to everybody, and the agent's hooks.
  private static long onlyMakeThrowables(int count) throws ReflectiveOperationException {
    Class<?> hook = Class.forName("jdk.internal.vm.GroundhogBirths1", false, null);
    Consumer<Thread> start = _ -> made = new Throwable();
    Consumer<Thread> end = _ -> {};
    hook.getField("ended").set(null, end);
    hook.getField("started").set(null, start);
    return count;
  }

  private static long nanos(int count, Runnable task) {
    long[] nanos = new long[1];
    deep(DEPTH, () -> nanos[0] = startAndJoin(count, task));
    return nanos[0];
  }

  /// A program's threads are not started from its `main`.
  private static void deep(int frames, Runnable task) {
    if (frames == 0) {
      task.run();
    } else {
      deep(frames - 1, task);
    }
  }

  private static long startAndJoin(int count, Runnable task) {
    Thread[] threads = new Thread[BATCH];
    long began = System.nanoTime();
    try {
      for (int batch = 0; batch < count / BATCH; batch++) {
        for (int i = 0; i < BATCH; i++) {
          threads[i] = startFrom(i % SITES, SITE_BITS, task);
        }
        for (Thread thread : threads) {
          thread.join();
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return (System.nanoTime() - began) / count;
  }

  /// A place of its own for each number: its bits are which of two methods calls the next.
  private static Thread startFrom(int site, int bits, Runnable task) {
    if (bits == 0) {
      return Thread.startVirtualThread(task);
    }
    return (site & 1) == 0
        ? startFromEven(site >> 1, bits - 1, task)
        : startFromOdd(site >> 1, bits - 1, task);
  }

  private static Thread startFromEven(int site, int bits, Runnable task) {
    return startFrom(site, bits, task);
  }

  private static Thread startFromOdd(int site, int bits, Runnable task) {
    return startFrom(site, bits, task);
  }

  private static void work() {
    long value = loops;
    for (long i = 0; i < loops; i++) {
      value = value * 6364136223846793005L + 1442695040888963407L;
    }
    if (value == 0) {
      made = PARKED; // so that the loop is not left out
    }
  }

  /// How often the loop of [#work] runs in that time, once it is compiled.
  private static long loopsOf(long nanos) {
    loops = 1 << 20;
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long began = System.nanoTime();
      work();
      best = Math.min(best, System.nanoTime() - began);
    }
    return (1 << 20) * nanos / best;
  }

  private static long park(int count) {
    deep(
        DEPTH,
        () -> {
          for (int i = 0; i < count; i++) {
            PARKED.add(startFrom(i % SITES, SITE_BITS, StartedThreads::waitForGood));
          }
        });
    return usedBytes();
  }

  /// As a second load of the agent does.
  @SuppressWarnings("unchecked")
  private static long forget() throws ReflectiveOperationException {
    Object control =
        Class.forName("java.util.concurrent.GroundhogMeeting1", false, null)
            .getField("control")
            .get(null);
    made = ((Function<Map<String, String>, String>) control).apply(Map.of("options", "births=off"));
    return usedBytes();
  }

  private static long usedBytes() {
    long used = Long.MAX_VALUE;
    for (int round = 0; round < 3; round++) {
      System.gc();
      used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return used;
  }

  private static void waitForGood() {
    while (true) {
      LockSupport.park();
    }
  }
}
