package dev.groundhog.pouch.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What each way of watching keeps.
@Timeout(120)
abstract class ChangesContract {
  @TempDir Path folder;

  abstract Changes open() throws IOException;

  @Test
  void eachFolderIsToldOfItsOwn() throws Exception {
    try (Changes changes = open()) {
      List<Told> told = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        told.add(new Told(changes, Files.createDirectory(folder.resolve("c" + i))));
      }
      for (Told one : told.reversed()) {
        one.printAndAwait(LogStream.STDERR);
      }
      for (Told one : told) {
        one.printAndAwait(LogStream.STDOUT);
      }
    }
  }

  @Test
  void aFileThatIsPutInItsPlaceIsTold() throws Exception {
    try (Changes changes = open()) {
      Told told = new Told(changes, folder);
      Path other = Files.writeString(folder.resolve("other"), "hello\n");
      Files.move(other, folder.resolve(LogStream.STDOUT.rawName()), StandardCopyOption.ATOMIC_MOVE);
      told.await();
    }
  }

  @Test
  void otherFilesAreNotTold() throws Exception {
    try (Changes changes = open()) {
      Told told = new Told(changes, folder);
      Told last = new Told(changes, Files.createDirectory(folder.resolve("last")));
      Files.writeString(folder.resolve("json.log"), "{}\n");
      last.print(LogStream.STDOUT);
      last.await(); // in the order of what happened
      assertThat(told.count).hasValue(0);
    }
  }

  @Test
  void aFolderIsNotToldBehindItsClose() throws Exception {
    try (Changes changes = open()) {
      Told told = new Told(changes, folder);
      Told last = new Told(changes, Files.createDirectory(folder.resolve("last")));
      told.watching.close();
      told.watching.close();
      told.print(LogStream.STDOUT);
      last.print(LogStream.STDOUT);
      last.await();
      assertThat(told.count).hasValue(0);
      new Told(changes, folder).printAndAwait();
    }
  }

  @Test
  void theOthersGoOnWhereAFolderIsRemoved() throws Exception {
    try (Changes changes = open()) {
      Path removed = Files.createDirectory(folder.resolve("removed"));
      Told told = new Told(changes, removed);
      told.printAndAwait();
      Files.delete(removed.resolve(LogStream.STDOUT.rawName()));
      Files.delete(removed);
      new Told(changes, folder).printAndAwait();
      told.watching.close();
      Files.createDirectory(removed);
      new Told(changes, removed).printAndAwait();
    }
  }

  @Test
  void whatIsNoFolderCanNotBeWatched() throws Exception {
    try (Changes changes = open()) {
      Path file = Files.createFile(folder.resolve("file"));
      for (Path path : List.of(file, folder.resolve("missing"))) {
        assertThatExceptionOfType(IOException.class)
            .isThrownBy(() -> changes.watch(path, () -> {}));
      }
    }
  }

  /// A folder that is watched.
  static final class Told {
    final AtomicInteger count = new AtomicInteger();
    final Changes.Watching watching;
    private final Semaphore told = new Semaphore(0);
    private final Printing container;

    Told(Changes changes, Path folder) throws IOException {
      container = new Printing(folder);
      watching =
          changes.watch(
              folder,
              () -> {
                count.incrementAndGet();
                told.release();
              });
    }

    void printAndAwait(LogStream stream) throws Exception {
      print(stream);
      await();
    }

    void printAndAwait() throws Exception {
      printAndAwait(LogStream.STDOUT);
    }

    void print(LogStream stream) throws IOException {
      container.print(stream, new byte[] {'\n'});
    }

    void await() throws InterruptedException {
      told.acquire();
    }
  }
}
