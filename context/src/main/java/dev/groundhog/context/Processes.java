package dev.groundhog.context;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// Ends what no interrupt ends.
final class Processes {
  /// Processes that are being killed may be starting others.
  private static final int ROUNDS = 10;

  private Processes() {}

  static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception _) {
      // nobody wants it any more
    }
  }

  /// Ends `process` and its descendants: asks them, waits for `grace`, and kills what is left.
  static void end(Process process, Duration grace) {
    end(process.toHandle(), grace);
  }

  /// As that of a [Process].
  static void end(ProcessHandle process, Duration grace) {
    Set<ProcessHandle> tree = new LinkedHashSet<>();
    find(process, tree);
    tree.forEach(ProcessHandle::destroy);
    awaitExit(List.copyOf(tree), grace);
    for (int round = 0; round < ROUNDS; round++) {
      List.copyOf(tree).forEach(handle -> find(handle, tree));
      tree.removeIf(handle -> !handle.isAlive());
      if (tree.isEmpty()) {
        return;
      }
      tree.forEach(ProcessHandle::destroyForcibly);
    }
  }

  /// Nobody is the descendant any more of a process that has ended, and its number may be
  /// another's.
  private static void find(ProcessHandle root, Set<ProcessHandle> tree) {
    if (!root.isAlive()) {
      return;
    }
    tree.add(root);
    try (Stream<ProcessHandle> descendants = root.descendants()) {
      descendants.forEach(tree::add);
    }
  }

  private static void awaitExit(List<ProcessHandle> processes, Duration grace) {
    try {
      CompletableFuture.allOf(
              processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
          .get(TimeUnit.NANOSECONDS.convert(grace), TimeUnit.NANOSECONDS);
    } catch (TimeoutException | ExecutionException _) {
      // what is left is killed
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
