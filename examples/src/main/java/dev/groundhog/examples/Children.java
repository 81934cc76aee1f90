package dev.groundhog.examples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// The processes that a program started, and what these started in turn, to end them all.
///
/// A process whose parent has ended is no longer anybody's descendant. So each gets a mark in its
/// environment, which its children inherit, and which Linux shows in `/proc`. Limit: a process that
/// clears its environment, and whose parent has ended, is missed; so is one of another user.
///
/// Thread-safe.
final class Children {
  private static final long BETWEEN_ROUNDS_NANOS = 10_000_000;
  private static final int MAX_ROUNDS = 50;
  private static final int MAX_ENVIRONMENT_BYTES = 4 << 20;

  /// A variable of this program's own: a server that is started by a server leaves its mark alone.
  private final String mark = "EXEC_SERVER_CHILD_" + UUID.randomUUID().toString().replace('-', '_');

  private boolean ended;

  /// @throws IOException if the command cannot be started, or all are being ended
  synchronized Process start(ProcessBuilder command) throws IOException {
    if (ended) {
      throw new IOException("the server is going down");
    }
    command.environment().put(mark, "1");
    return command.start();
  }

  /// Ends all of them; none can be started afterwards. Looks again until there are no more, since
  /// they may be starting others, at most fifty times.
  synchronized void endAll() {
    ended = true;
    for (int round = 0; round < MAX_ROUNDS && endOnce() > 0; round++) {
      LockSupport.parkNanos(BETWEEN_ROUNDS_NANOS);
    }
  }

  private long endOnce() {
    try (Stream<ProcessHandle> all = ProcessHandle.allProcesses();
        Stream<ProcessHandle> descendants = ProcessHandle.current().descendants()) {
      return Stream.concat(descendants, all.filter(this::isMarked))
          .distinct()
          .filter(ProcessHandle::destroyForcibly)
          .count();
    }
  }

  private boolean isMarked(ProcessHandle process) {
    Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
    try (var bytes = Files.newInputStream(environment)) {
      String text = new String(bytes.readNBytes(MAX_ENVIRONMENT_BYTES), StandardCharsets.UTF_8);
      return text.contains(mark + "=");
    } catch (IOException _) {
      return false;
    }
  }
}
