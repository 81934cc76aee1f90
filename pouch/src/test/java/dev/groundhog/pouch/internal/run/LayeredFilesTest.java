package dev.groundhog.pouch.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
    return new LayeredFiles(List.of(top, bottom), folder -> folder.endsWith("opaque"))
        .read(path, MOST_BYTES)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  private boolean hasFileOnTheWay(String path) throws IOException {
    return new LayeredFiles(List.of(top, bottom), folder -> folder.endsWith("opaque"))
        .hasFileOnTheWay(path);
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
    put(bottom, "opaque/passwd", "hidden");
    Files.createDirectory(top.resolve("opaque"));
    assertThat(read("opaque/passwd")).isEmpty();
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
}
