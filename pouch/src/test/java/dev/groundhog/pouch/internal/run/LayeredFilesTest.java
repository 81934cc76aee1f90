package dev.groundhog.pouch.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.groundhog.pouch.internal.io.ByteNames;
import dev.groundhog.pouch.internal.io.Posix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a container sees where nothing is mounted.
class LayeredFilesTest {
  private static final int MOST_BYTES = 100;

  @TempDir Path folder;
  private Path top;
  private Path bottom;

  @BeforeEach
  void layers() throws IOException {
    Assumptions.assumeTrue(
        Files.getFileStore(folder).supportsFileAttributeView("posix"), "no links here");
    top = Files.createDirectory(folder.resolve("top"));
    bottom = Files.createDirectory(folder.resolve("bottom"));
    put(bottom, "etc/passwd", "of the bottom");
  }

  private static void put(Path layer, String path, String text) throws IOException {
    Files.createDirectories(layer.resolve(path).getParent());
    Files.writeString(layer.resolve(path), text);
  }

  private static void link(Path layer, String path, String target) throws IOException {
    Files.createDirectories(layer.resolve(path).getParent());
    Files.createSymbolicLink(layer.resolve(path), Path.of(target));
  }

  private Optional<String> read(String path) throws IOException {
    return new LayeredFiles(List.of(top, bottom))
        .read(path, MOST_BYTES)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private boolean hasFileOnTheWay(String path) throws IOException {
    return new LayeredFiles(List.of(top, bottom)).hasFileOnTheWay(path);
  }

  @Test
  void aFolderCanBeMadeWhereNoFileIsOnTheWay() throws IOException {
    link(top, "to", "etc/passwd");
    assertThat(hasFileOnTheWay("/etc/passwd")).isTrue();
    assertThat(hasFileOnTheWay("/etc/passwd/x")).isTrue();
    assertThat(hasFileOnTheWay("/to")).as("through a link").isTrue();
    assertThat(hasFileOnTheWay("/etc")).isFalse();
    assertThat(hasFileOnTheWay("/etc/new/one")).isFalse();
    assertThat(hasFileOnTheWay("/")).isFalse();
    assertThat(hasFileOnTheWay("")).isFalse();
  }

  @Test
  void aFileIsThatOfTheUppermostLayer() throws IOException {
    assertThat(read("etc/passwd")).contains("of the bottom");
    put(top, "etc/passwd", "of the top");
    assertThat(read("etc/passwd")).contains("of the top");
    assertThat(read("etc/group")).isEmpty();
    assertThat(read("etc")).isEmpty();
    assertThat(read("etc/passwd/x")).isEmpty();
  }

  @Test
  void linksStayInTheContainer() throws IOException {
    put(bottom, "real/passwd", "inside");
    link(top, "etc/passwd", "/real/passwd");
    assertThat(read("etc/passwd")).contains("inside");
    link(top, "up", "../../../../../../real/../real/./passwd");
    assertThat(read("up")).contains("inside");
    link(top, "outside", folder.resolve("secret").toString());
    Files.writeString(folder.resolve("secret"), "of the host");
    assertThat(read("outside")).isEmpty();
    link(top, "folder", "real");
    assertThat(read("folder/passwd")).contains("inside");
  }

  @Test
  void linksThatGoInCirclesAreAnError() throws IOException {
    link(top, "a", "b");
    link(top, "b", "a");
    assertThatIOException().isThrownBy(() -> read("a")).withMessageContaining("too many links");
    link(top, "long", "x/".repeat(300) + "y");
    assertThatIOException().isThrownBy(() -> read("long")).withMessageContaining("too many names");
  }

  @Test
  void whatAnUpperLayerHidesIsNotSeen() throws IOException {
    put(bottom, "data/passwd", "hidden");
    put(top, "data", "a file now");
    assertThat(read("data/passwd")).isEmpty();
    assertThat(read("data")).contains("a file now");
  }

  @Test
  void aWhiteoutHidesWhatIsBelow() throws Exception {
    Files.createDirectory(top.resolve("etc"));
    Process mknod =
        new ProcessBuilder("mknod", top.resolve("etc/passwd").toString(), "c", "0", "0").start();
    Assumptions.assumeTrue(mknod.waitFor() == 0, "devices cannot be made here");
    assertThat(read("etc/passwd")).isEmpty();
  }

  @Test
  void aFileMayBeTooLarge() throws IOException {
    put(top, "large", "x".repeat(MOST_BYTES + 1));
    assertThatIOException().isThrownBy(() -> read("large")).withMessageContaining("larger than");
  }

  @Test
  void anOpaqueFolderHidesWhatIsBelow() throws Exception {
    put(bottom, "opaque/passwd", "hidden");
    put(top, "opaque/group", "seen");
    assertThat(read("opaque/passwd")).contains("hidden");
    make(posix -> {
      int descriptor = posix.openFolder(top.resolve("opaque"));
      posix.setAttribute(descriptor, "trusted.overlay.opaque", new byte[] {'y'});
      posix.close(descriptor);
    });
    assertThat(read("opaque/passwd")).isEmpty();
    assertThat(read("opaque/group")).contains("seen");
  }

  private interface Making {
    void in(Posix posix) throws IOException;
  }

  /// Skips the test where only root may do that.
  private static void make(Making making) throws IOException {
    try (Posix posix = Posix.open()) {
      Assumptions.assumeTrue(posix.isRoot(), "not root");
      making.in(posix);
    }
  }

  private static void makePipe(Path folder, String name) throws IOException {
    try (Posix posix = Posix.open()) {
      int descriptor = posix.openFolder(folder);
      posix.makeFifo(descriptor, name);
      posix.close(descriptor);
    }
  }

  @Test
  void aPipeIsNoFileAndHidesOne() throws Exception {
    Files.createDirectory(top.resolve("etc"));
    makePipe(top.resolve("etc"), "passwd");
    assertThat(read("etc/passwd")).isEmpty();
    assertThat(hasFileOnTheWay("etc/passwd/x")).isTrue();
  }

  @Test
  void aNameIsBytesWhateverTheLocale() throws IOException {
    Path odd = Files.createDirectory(top.resolve("real"));
    Files.writeString(odd.resolve("passwd"), "inside");
    try (Posix posix = Posix.open()) {
      int descriptor = posix.openFolder(top);
      posix.makeSymbolicLink(descriptor, ByteNames.bytes("größe"), "real");
      posix.makeSymbolicLink(descriptor, "through", "\u00ff\u00fe");
      posix.makeSymbolicLink(descriptor, "\u00ff\u00fe", "real"); // no UTF-8
      posix.close(descriptor);
    }
    assertThat(read("größe/passwd")).contains("inside");
    assertThat(read("through/passwd")).contains("inside");
  }

  private interface Change {
    void run() throws IOException;
  }

  /// While something in the container changes its files.
  private static void during(Change change, Callable<?> reading) throws Exception {
    AtomicBoolean isOver = new AtomicBoolean();
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Future<?> changing =
          executor.submit(() -> {
            while (!isOver.get()) {
              change.run();
            }
            return null;
          });
      try {
        for (int i = 0; i < 3_000; i++) {
          reading.call();
        }
      } finally {
        isOver.set(true);
      }
      changing.get();
    }
  }

  @Test
  void aFolderThatIsSwappedForALinkLeadsNotOutOfTheContainer() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("passwd"), "of the host");
    put(top, "etc/passwd", "of the top");
    Path etc = top.resolve("etc");
    Path link = Files.createSymbolicLink(top.resolve("link"), outside);
    Path away = top.resolve("away");
    during(
        () -> {
          Files.move(etc, away);
          Files.move(link, etc);
          Files.move(etc, link);
          Files.move(away, etc);
        },
        () -> assertThat(read("etc/passwd").orElse("")).isNotEqualTo("of the host"));
  }

  @Test
  void aFileThatIsSwappedForAPipeIsNotWaitedFor() throws Exception {
    put(top, "etc/regular", "of the top");
    Path etc = top.resolve("etc");
    makePipe(etc, "pipe");
    put(top, "etc/passwd", "of the top");
    Path next = etc.resolve("next");
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () ->
            during(
                () -> {
                  for (String kind : List.of("pipe", "regular")) {
                    Files.createLink(next, etc.resolve(kind));
                    Files.move(next, etc.resolve("passwd"), StandardCopyOption.ATOMIC_MOVE);
                  }
                },
                () -> assertThat(read("etc/passwd").orElse("of the top")).isEqualTo("of the top")));
  }

  @Test
  void nothingStaysOpen() throws Exception {
    link(top, "up", "../etc/../etc/passwd");
    assertThat(read("up")).isPresent(); // and all classes are loaded
    assertThat(read("nothing/here")).isEmpty();
    long before = descriptors();
    for (int i = 0; i < 100; i++) {
      assertThat(read("up")).isPresent();
      assertThat(read("nothing/here")).isEmpty();
    }
    assertThat(descriptors()).isLessThan(before + 20); // some are the JVM's own
  }

  private static long descriptors() throws IOException {
    Path open = Path.of("/proc/self/fd");
    Assumptions.assumeTrue(Files.exists(open), "no /proc here");
    try (Stream<Path> all = Files.list(open)) {
      return all.count();
    }
  }

  @Test
  void moreFoldersThanCanBeHeldOpenAreAnError() throws IOException {
    List<Path> many = Collections.nCopies(128, top);
    Files.createDirectories(top.resolve("d/".repeat(60)));
    assertThatIOException()
        .isThrownBy(() -> new LayeredFiles(many).hasFileOnTheWay("d/".repeat(60)))
        .withMessageContaining("too many folders");
    assertThat(new LayeredFiles(many).hasFileOnTheWay("d/".repeat(20))).isFalse();
  }
}
