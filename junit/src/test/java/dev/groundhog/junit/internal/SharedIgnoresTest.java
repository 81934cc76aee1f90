package dev.groundhog.junit.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.junit.LeakOptions;
import dev.groundhog.junit.LeakSnapshot;
import dev.groundhog.junit.Leaks;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedIgnoresTest {
  private static void sharedAwait(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      // it ends
    }
  }

  private static void otherAwait(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException _) {
      // it ends
    }
  }

  @Test
  void whatTheFileOnTheClassPathNamesIsIgnoredAndNothingElse() throws InterruptedException {
    LeakSnapshot before = Leaks.snapshot();
    CountDownLatch end = new CountDownLatch(1);
    Thread named = Thread.startVirtualThread(() -> sharedAwait(end));
    Thread other = Thread.startVirtualThread(() -> otherAwait(end));
    try {
      assertThat(before.find(LeakOptions.DEFAULT.within(Duration.ofMillis(200))).groups())
          .singleElement()
          .extracting(group -> group.sample().id().orElseThrow())
          .isEqualTo(other.threadId());
    } finally {
      end.countDown();
      named.join();
      other.join();
    }
  }

  @Test
  void aThreadWithoutALoaderFindsTheFileToo() {
    Thread current = Thread.currentThread();
    ClassLoader before = current.getContextClassLoader();
    current.setContextClassLoader(null);
    try {
      assertThat(SharedIgnores.read(SharedIgnores.loader()).rules()).isNotEmpty();
    } finally {
      current.setContextClassLoader(before);
    }
  }

  @Test
  void aMalformedLineIsNamed(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve(SharedIgnores.FILE), "# why\nfunction=acme.Server.run\n");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
      assertThatThrownBy(() -> SharedIgnores.read(loader))
          .hasMessage("groundhog-leaks.suppressions:2: say why with reason=\"…\"");
    }
  }
}
