package dev.groundhog.target.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class AnonymousPipeTest {
  @Test
  void whatIsWrittenToItsPathComesOutAndEnds() throws Exception {
    try (AnonymousPipe pipe = AnonymousPipe.open()) {
      try (OutputStream target =
          Files.newOutputStream(Path.of(pipe.pathForTarget()), StandardOpenOption.WRITE)) {
        target.write("hello".getBytes(StandardCharsets.UTF_8));
        pipe.closeWritingEnd();
      }
      assertThat(pipe.source().readAllBytes()).asString().isEqualTo("hello");
    }
  }

  @Test
  void itsPathIsItsOwnWhileOtherThreadsOpenPipesToo() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Queue<Exception> failures = new ConcurrentLinkedQueue<>();
    List<Thread> others = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      others.add(Thread.ofPlatform().start(() -> openPipesUntil(done, failures)));
    }
    try {
      for (int i = 0; i < 100; i++) {
        try (AnonymousPipe pipe = AnonymousPipe.open()) {
          try (OutputStream target =
              Files.newOutputStream(Path.of(pipe.pathForTarget()), StandardOpenOption.WRITE)) {
            target.write(i);
          }
          pipe.closeWritingEnd();
          assertThat(pipe.source().readAllBytes()).containsExactly(i);
        }
      }
    } finally {
      done.set(true);
      for (Thread other : others) {
        other.join();
      }
    }
    assertThat(failures).isEmpty();
  }

  private static void openPipesUntil(AtomicBoolean done, Queue<Exception> failures) {
    try {
      while (!done.get()) {
        Pipe pipe = Pipe.open();
        pipe.sink().close();
        pipe.source().close();
        Thread.yield();
      }
    } catch (Exception e) {
      failures.add(e);
    }
  }
}
