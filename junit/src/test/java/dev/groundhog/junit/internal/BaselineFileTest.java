package dev.groundhog.junit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.junit.internal.BaselineFile.Added;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BaselineFileTest {
  @TempDir private Path folder;

  private Path file() {
    return folder.resolve("leaks.suppressions");
  }

  private static Map<String, String> lines(int count) {
    Map<String, String> lines = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      lines.put("name=thread-" + i, "name=thread-" + i + " reason=known");
    }
    return lines;
  }

  @Test
  void howManyLinesWereLeftOutIsTold() throws Exception {
    assertThat(BaselineFile.add(file(), lines(10))).isEqualTo(new Added(10, 0));
    int more = BaselineFile.MAX_LINES + 5;
    Added added = BaselineFile.add(file(), lines(more));
    assertThat(added.leftOut()).isPositive();
    assertThat(added.lines() + added.leftOut()).isEqualTo(more - 10);
    assertThat(Files.readAllLines(file())).hasSize(BaselineFile.MAX_LINES);
  }

  /// As a check does that another loader has loaded.
  @Test
  void somebodyInThisJvmWhoHasTheLockIsWaitedFor() throws Exception {
    CompletableFuture<Thread> adding = new CompletableFuture<>();
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Future<Added> added;
      try (FileChannel channel =
              FileChannel.open(
                  BaselineFile.lockOf(file()),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          var _ = channel.lock()) {
        added =
            executor.submit(() -> {
              adding.complete(Thread.currentThread());
              return BaselineFile.add(file(), lines(1));
            });
        Thread thread = adding.get(10, TimeUnit.SECONDS);
        while (thread.getState() != Thread.State.TIMED_WAITING && !added.isDone()) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
      }
      assertThat(added.get(10, TimeUnit.SECONDS)).isEqualTo(new Added(1, 0));
    }
  }
}
