package dev.groundhog.pouch.internal.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
  private static final int TIMES = 2_000;
  private static final Duration BETWEEN_INTERRUPTS = Duration.ofNanos(200_000);

  /// A failure after the rename would leave a file that nobody knows of.
  @Test
  void whoIsInterruptedAmidAWriteHasWritten(@TempDir Path folder) throws Exception {
    Path beside = Files.createDirectory(folder.resolve("beside"));
    Thread writer = Thread.currentThread();
    Thread interrupter =
        Thread.ofPlatform()
            .daemon()
            .name("interrupter")
            .start(() -> {
              try {
                while (true) {
                  writer.interrupt();
                  Thread.sleep(BETWEEN_INTERRUPTS);
                }
              } catch (InterruptedException _) {
                // the test is over
              }
            });
    try {
      for (int i = 0; i < TIMES; i++) {
        DurableFiles.write(folder.resolve("file" + i), new byte[] {1}, beside);
      }
    } finally {
      interrupter.interrupt();
      while (interrupter.isAlive()) {
        boolean _ = Thread.interrupted();
        Thread.onSpinWait();
      }
      boolean _ = Thread.interrupted();
    }
    try (var files = Files.list(folder)) {
      assertThat(files.filter(Files::isRegularFile)).hasSize(TIMES);
    }
  }
}
