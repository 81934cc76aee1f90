package dev.groundhog.pouch.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.pouch.Await;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FollowersTest {
  private static final LogQuery FOLLOW = LogQuery.everything().following();

  @TempDir Path folder;

  private static long descriptors() throws Exception {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  private static long heap() throws Exception {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(50);
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static void awaitWaiting(List<Thread> threads) throws Exception {
    for (Thread thread : threads) {
      Await.until("a follower that waits", () -> thread.getState() == Thread.State.WAITING);
    }
  }

  @Test
  void fiveThousandFollowersOfASilentContainerCostLittle() throws Exception {
    int followers = 5_000;
    Printing container = new Printing(folder);
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, LogOptions.defaults())) {
      log.collect();
      container.out("before\n");
      Printing.all(log, LogQuery.everything());
      long before = heap();
      long descriptors = descriptors();
      AtomicInteger lines = new AtomicInteger();
      CountDownLatch first = new CountDownLatch(followers);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < followers; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (LogCursor cursor = log.read(FOLLOW)) {
                    for (Optional<LogEntry> entry = cursor.next();
                        entry.isPresent();
                        entry = cursor.next()) {
                      lines.incrementAndGet();
                      first.countDown();
                    }
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                }));
      }
      first.await();
      awaitWaiting(threads);
      assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 4);
      long each = (heap() - before) / followers;
      System.out.println("heap of a waiting follower with its virtual thread: " + each + " bytes");
      assertThat(each).isLessThan(6_000);
      container.out("after\n");
      log.finish();
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(lines).hasValue(2 * followers);
      assertThat(log.segments().readers()).isZero();
    }
  }

  @Test
  void followersThatAreInterruptedAtAnyMomentLeaveNothingAndCanGoOn() throws Exception {
    Printing container = new Printing(folder);
    int rounds = 300;
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, Printing.options(5_000, 2));
        OutputStream out = container.open(LogStream.STDOUT)) {
      log.collect();
      List<String> read = java.util.Collections.synchronizedList(new ArrayList<>());
      AtomicInteger interrupts = new AtomicInteger();
      long descriptors = descriptors();
      LogCursor cursor = log.read(FOLLOW); // before what it must see is rotated away
      Thread follower =
          Thread.ofVirtual()
              .start(() -> {
                try (cursor) {
                  while (true) {
                    try {
                      Optional<LogEntry> entry = cursor.next();
                      if (entry.isEmpty()) {
                        return;
                      }
                      read.add(entry.get().text());
                    } catch (InterruptedException _) {
                      interrupts.incrementAndGet();
                    }
                  }
                } catch (java.io.IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      List<String> printed = new ArrayList<>();
      for (int i = 0; i < rounds; i++) {
        StringBuilder text = new StringBuilder();
        for (int j = 0; j < 20; j++) {
          printed.add(i + " " + j + "\n");
          text.append(printed.getLast());
        }
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        follower.interrupt();
        if (i % 3 == 0) {
          Thread.sleep(1);
        }
      }
      log.finish();
      follower.join();
      assertThat(interrupts.get()).isPositive();
      assertThat(read).isEqualTo(printed);
      assertThat(log.segments().readers()).isZero();
      assertThat(descriptors()).isLessThanOrEqualTo(descriptors);
    }
  }

  @Test
  void followersThatAreInterruptedWhileTheyWaitLeaveNothing() throws Exception {
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, LogOptions.defaults())) {
      log.collect();
      AtomicInteger interrupted = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        threads.add(
            Thread.ofVirtual()
                .start(() -> {
                  try (LogCursor cursor = log.read(FOLLOW)) {
                    var _ = cursor.next();
                  } catch (InterruptedException _) {
                    interrupted.incrementAndGet();
                  } catch (java.io.IOException e) {
                    throw new IllegalStateException(e);
                  }
                }));
      }
      awaitWaiting(threads);
      for (Thread thread : threads) {
        thread.interrupt();
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(interrupted).hasValue(2_000);
      assertThat(log.segments().readers()).isZero();
    }
  }

  @Test
  void aCaughtUpFollowerSaysSo() throws Exception {
    Printing container = new Printing(folder);
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, LogOptions.defaults())) {
      log.collect();
      try (LogCursor cursor = log.read(FOLLOW)) {
        assertThat(cursor.isCaughtUp()).isTrue();
        container.out("1\n2\n");
        assertThat(cursor.next()).isPresent();
        assertThat(cursor.isCaughtUp()).isFalse();
        assertThat(cursor.next()).isPresent();
        assertThat(cursor.isCaughtUp()).isTrue();
        log.finish();
        assertThat(cursor.isCaughtUp()).isFalse();
        assertThat(cursor.next()).isEmpty();
      }
    }
  }
}
