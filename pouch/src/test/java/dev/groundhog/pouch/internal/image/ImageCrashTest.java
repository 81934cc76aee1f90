package dev.groundhog.pouch.internal.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A second JVM loads, tags and removes images, and is killed at any moment. What is found then is
/// whole images or none.
@Timeout(300)
class ImageCrashTest {
  private static final int FILES = 40;

  @TempDir Path folder;

  @Test
  void aKillLeavesWholeImagesAndNothingElse() throws Exception {
    killMany(6);
  }

  @Tag("long")
  @Test
  void hundredKillsLeaveWholeImagesAndNothingElse() throws Exception {
    killMany(100);
  }

  private void killMany(int kills) throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "images are kept on Linux only");
    Random random = new Random(7);
    for (int kill = 0; kill < kills; kill++) {
      Process loading = start();
      try {
        assertThat(loading.getInputStream().read()).isEqualTo('r');
        Thread.sleep(random.nextInt(300)); // at whatever moment
      } finally {
        loading.destroyForcibly();
      }
      assertThat(loading.waitFor(30, TimeUnit.SECONDS)).isTrue();
      verify(ImageStore.open(folder));
    }
  }

  private void verify(ImageStore store) throws IOException {
    assertThat(list("unfinished")).isEmpty();
    long used = 0;
    for (Image image : store.list()) {
      assertThat(image.folders()).hasSize(2);
      used = 1;
      for (Path layer : image.folders()) {
        try (Stream<Path> files = Files.list(layer)) {
          assertThat(files.count()).isEqualTo(FILES);
        }
      }
      for (String name : image.names()) {
        assertThat(store.resolve(name)).contains(image);
      }
    }
    assertThat(list("layers")).hasSize((int) (used + store.list().size()));
    assertThat(list("configs")).hasSize(store.list().size());
  }

  private List<Path> list(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      return files.toList();
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            System.getProperty("java.home") + "/bin/java",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath(),
            Loading.class.getName(),
            folder.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /// Of the tests, whether their modules are on a path of modules or not.
  private static String classPath() {
    return String.join(
        ":",
        "target/classes",
        "target/test-classes",
        System.getProperty("java.class.path", ""),
        System.getProperty("jdk.module.path", ""));
  }

  static final class Loading {
    private Loading() {}

    public static void main(String[] args) throws Exception {
      ImageStore store = ImageStore.open(Path.of(args[0]));
      System.out.write('r');
      System.out.flush();
      byte[] common = layer("common");
      for (int i = 0; ; i = (i + 1) % 3) {
        byte[] archive =
            new SavedBuilder().named("n:" + i % 2).layer(common).gzip(layer("own" + i)).docker();
        Loaded loaded = store.load(new ByteArrayInputStream(archive)).getFirst();
        store.tag(loaded.id(), ImageName.parse("also:" + i).orElseThrow());
        for (Image image : store.list()) {
          if (image.names().isEmpty()) {
            store.remove(image.id(), true);
          }
        }
        if (i == 2) {
          store.remove(loaded.id(), true);
        }
      }
    }

    private static byte[] layer(String content) {
      TarBuilder tar = new TarBuilder();
      for (int i = 0; i < FILES; i++) {
        tar.file("f" + i, content);
      }
      return tar.end();
    }
  }
}
