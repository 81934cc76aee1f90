package dev.groundhog.pouch.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class InotifyTest extends ChangesContract {
  private static final Path QUEUE_LENGTH = Path.of("/proc/sys/fs/inotify/max_queued_events");

  @Override
  Changes open() throws IOException {
    assumeTrue(Inotify.isPossible());
    Changes changes = Changes.open();
    assertThat(changes).isInstanceOf(Inotify.class);
    return changes;
  }

  @Test
  void allAreToldWhereTheKernelCouldNotKeepWhatHappened() throws Exception {
    CountDownLatch isBusy = new CountDownLatch(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    try (Changes changes = open()) {
      Path flooding = Files.createDirectory(folder.resolve("flooding"));
      changes.watch(
          flooding,
          () -> {
            isBusy.countDown();
            awaitUninterrupted(mayGoOn);
          });
      Told told = new Told(changes, Files.createDirectory(folder.resolve("told")));
      Printing container = new Printing(flooding);
      container.out("first\n");
      isBusy.await();
      flood(container, Integer.parseInt(Files.readString(QUEUE_LENGTH).strip()));
      told.print(LogStream.STDOUT);
      assertThat(told.count).hasValue(0);
      mayGoOn.countDown();
      told.await();
    } finally {
      mayGoOn.countDown();
    }
  }

  /// Two events that are the same and follow on each other count as one.
  private static void flood(Printing container, int events) throws IOException {
    try (OutputStream out = container.open(LogStream.STDOUT);
        OutputStream err = container.open(LogStream.STDERR)) {
      for (int i = 0; i <= events / 2; i++) {
        out.write('\n');
        err.write('\n');
      }
    }
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void closedItHasNoThreadAndNoDescriptorAndWatchesNothing() throws Exception {
    open().close();
    long threads = threads();
    long descriptors = descriptors();
    for (int i = 0; i < 50; i++) {
      Changes changes = open();
      Told told = new Told(changes, folder);
      told.printAndAwait();
      changes.close();
      changes.close();
      told.watching.close(); // a descriptor that may be another file's by now
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> changes.watch(folder, () -> {}));
    }
    assertThat(threads()).isEqualTo(threads);
    assertThat(descriptors()).isEqualTo(descriptors);
  }

  @Test
  void aFailureOfOneDoesNotEndIt() throws Exception {
    try (Changes changes = open()) {
      Path failing = Files.createDirectory(folder.resolve("failing"));
      changes.watch(
          failing,
          () -> {
            throw new IllegalStateException("thrown on purpose");
          });
      Told told = new Told(changes, Files.createDirectory(folder.resolve("told")));
      new Printing(failing).out("hello\n");
      told.printAndAwait();
    }
  }

  private static long threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(Changes.THREAD_NAME))
        .count();
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.filter(InotifyTest::isInotify).count();
    }
  }

  private static boolean isInotify(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().contains("inotify");
    } catch (IOException _) {
      return false; // closed meanwhile
    }
  }
}
