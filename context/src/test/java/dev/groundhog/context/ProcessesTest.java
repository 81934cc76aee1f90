package dev.groundhog.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Who is killed, where numbers of processes are used again. No test can make the kernel do that in
/// time, so it is told by a handle that answers as the JDK's does then: with the descendants of
/// whoever has the number now.
class ProcessesTest {
  private final Process own = sleep();
  private final Process anothers = sleep();

  private static Process sleep() {
    try {
      return new ProcessBuilder("sleep", "1000").start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void end() {
    own.destroyForcibly();
    anothers.destroyForcibly();
  }

  /// The handle of a process, whose number another gets at once when it has ended.
  private record Reused(ProcessHandle ended, ProcessHandle childOfNext) implements ProcessHandle {
    @Override
    public long pid() {
      return ended.pid();
    }

    @Override
    public Optional<ProcessHandle> parent() {
      return ended.parent();
    }

    @Override
    public Stream<ProcessHandle> children() {
      return descendants();
    }

    @Override
    public Stream<ProcessHandle> descendants() {
      return ended.isAlive() ? Stream.empty() : Stream.of(childOfNext);
    }

    @Override
    public Info info() {
      return ended.info();
    }

    @Override
    public CompletableFuture<ProcessHandle> onExit() {
      return ended.onExit();
    }

    @Override
    public boolean supportsNormalTermination() {
      return ended.supportsNormalTermination();
    }

    @Override
    public boolean destroy() {
      return ended.destroy();
    }

    @Override
    public boolean destroyForcibly() {
      return ended.destroyForcibly();
    }

    @Override
    public boolean isAlive() {
      return ended.isAlive();
    }

    @Override
    public int compareTo(ProcessHandle other) {
      return ended.compareTo(other);
    }
  }

  @Test
  void theChildrenOfWhoeverHasTheNumberNextAreLeftAlone() throws Exception {
    Processes.end(new Reused(own.toHandle(), anothers.toHandle()), Duration.ofSeconds(30));
    assertThat(own.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(anothers.waitFor(200, TimeUnit.MILLISECONDS)).as("another's has ended").isFalse();
  }

  @Test
  void soAreThoseOfOneThatHadEndedBefore() throws Exception {
    own.destroyForcibly().waitFor();
    Processes.end(new Reused(own.toHandle(), anothers.toHandle()), Duration.ofSeconds(30));
    assertThat(anothers.waitFor(200, TimeUnit.MILLISECONDS)).as("another's has ended").isFalse();
  }
}
