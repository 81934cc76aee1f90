package dev.groundhog.pouch.internal.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.groundhog.pouch.Await;
import dev.groundhog.pouch.internal.errors.ApiException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Images that are as they should be.
@Timeout(120)
class ImageStoreTest {
  private static final byte[] BASE =
      new TarBuilder()
          .folder("etc/")
          .file("etc/motd", "hello\n")
          .member('0', "bin/su", "", 04755, new byte[] {1, 2})
          .symbolicLink("bin/sh", "su")
          .hardLink("bin/ash", "bin/su")
          .fifo("run/initctl")
          .end();
  private static final byte[] CHANGE =
      new TarBuilder()
          .file("etc/.wh.motd", "")
          .file("opt/.wh..wh..opq", "")
          .file("etc/new", "new\n")
          .end();

  @TempDir Path folder;
  private ImageStore store;

  @BeforeEach
  void open() throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "images are kept on Linux only");
    store = ImageStore.open(folder.resolve("images"));
  }

  private static SavedBuilder busybox() {
    return new SavedBuilder().named("busybox:1.36").layer(BASE);
  }

  private List<Loaded> load(byte[] archive) throws Exception {
    return store.load(new ByteArrayInputStream(archive));
  }

  private Image image(String name) {
    return store.resolve(name).orElseThrow(() -> new AssertionError("no " + name));
  }

  private void reopen() throws IOException {
    store = ImageStore.open(folder.resolve("images"));
  }

  private static boolean isRoot(Path file) throws IOException {
    return Files.getAttribute(file, "unix:uid").equals(0)
        && System.getProperty("user.name").equals("root");
  }

  private List<Path> in(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("images").resolve(name))) {
      return files.toList();
    }
  }

  @Test
  void aDockerArchiveIsLoadedWithAllItsFilesHave() throws Exception {
    SavedBuilder saved = busybox();
    List<Loaded> loaded = load(saved.docker());
    assertThat(loaded).containsExactly(new Loaded(saved.id(), List.of("busybox:1.36"), Map.of()));
    Image image = image("busybox:1.36");
    assertThat(image.config().command()).containsExactly("sh");
    assertThat(image.config().environment()).containsExactly("A=b");
    assertThat(image.created()).isEqualTo("2026-01-02T03:04:05.123456789Z");
    assertThat(image.bytes()).isEqualTo(10);
    Path root = image.folders().getFirst();
    assertThat(root.resolve("etc/motd")).hasContent("hello\n");
    assertThat(Files.getLastModifiedTime(root.resolve("etc/motd")).toInstant().getEpochSecond())
        .isEqualTo(1_500_000_000L);
    assertThat(Files.readSymbolicLink(root.resolve("bin/sh"))).isEqualTo(Path.of("su"));
    assertThat(Files.isSameFile(root.resolve("bin/ash"), root.resolve("bin/su"))).isTrue();
    assertThat(
            Files.readAttributes(
                    root.resolve("run/initctl"), java.nio.file.attribute.BasicFileAttributes.class)
                .isOther())
        .isTrue();
    boolean isRoot = isRoot(root);
    assertThat((int) Files.getAttribute(root.resolve("bin/su"), "unix:mode") & 07777)
        .isEqualTo(isRoot ? 04755 : 0755);
    if (isRoot) {
      assertThat(Files.getAttribute(root.resolve("bin/su"), "unix:uid")).isEqualTo(1_000);
      assertThat(Files.getAttribute(root.resolve("bin/sh"), "unix:gid", LinkOption.NOFOLLOW_LINKS))
          .isEqualTo(1_001);
    }
    assertThat(in("unfinished")).isEmpty();
  }

  @Test
  void whiteoutsBecomeThoseOfOverlayfs() throws Exception {
    load(busybox().layer(CHANGE).docker());
    List<Path> folders = image("busybox:1.36").folders();
    assertThat(folders).hasSize(2);
    Path whiteout = folders.get(1).resolve("etc/motd");
    assertThat(Files.getAttribute(whiteout, "unix:rdev", LinkOption.NOFOLLOW_LINKS)).isEqualTo(0L);
    assertThat((int) Files.getAttribute(whiteout, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 0170000)
        .isEqualTo(0020000);
    assertThat(folders.get(1).resolve("etc/new")).hasContent("new\n");
    assertThat(folders.get(1).resolve("opt/.wh..wh..opq")).doesNotExist();
  }

  @Test
  void overlayfsShowsWhatTheImageIs() throws Exception {
    byte[] lower =
        new TarBuilder()
            .file("a/deleted", "")
            .file("a/kept", "")
            .file("opaque/deleted", "")
            .file("again/deleted", "")
            .end();
    byte[] upper =
        new TarBuilder()
            .file("a/.wh.deleted", "")
            .file("opaque/new", "")
            .file("opaque/.wh..wh..opq", "")
            .file(".wh.again", "")
            .file("again/new", "")
            .end();
    load(new SavedBuilder().named("o").layer(lower).layer(upper).layer(lower(upper)).docker());
    List<Path> folders = image("o").folders();
    Assumptions.assumeTrue(isRoot(folders.getFirst()), "only root mounts overlayfs");
    Path mounted = Files.createDirectory(folder.resolve("mounted"));
    String lowers = String.join(":", folders.reversed().stream().map(Path::toString).toList());
    Process mount =
        new ProcessBuilder(
                "mount", "-t", "overlay", "-o", "lowerdir=" + lowers, "none", mounted.toString())
            .start();
    Assumptions.assumeTrue(mount.waitFor() == 0, "overlayfs cannot be mounted here");
    try (Stream<Path> files = Files.walk(mounted)) {
      assertThat(
              files.filter(Files::isRegularFile).map(file -> mounted.relativize(file).toString()))
          .containsExactlyInAnyOrder("a/kept", "opaque/new", "again/new", "top");
    } finally {
      new ProcessBuilder("umount", mounted.toString()).start().waitFor();
    }
  }

  private static byte[] lower(byte[] different) {
    return new TarBuilder().file("top", Digest.of(different)).end();
  }

  @Test
  void layersMayBeCompressedAndSoMayTheWhole() throws Exception {
    SavedBuilder gzip = new SavedBuilder().named("g").gzip(BASE).zstd(CHANGE);
    load(SavedBuilder.gzipped(gzip.docker()));
    assertThat(image("g").id()).isEqualTo(gzip.id());
    reopen();
    store.remove("g", false);
    load(SavedBuilder.zstded(gzip.docker()));
    assertThat(image("g").folders().getFirst().resolve("etc/motd")).hasContent("hello\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "./"})
  void anOciLayoutIsLoaded(String before) throws Exception {
    SavedBuilder saved = new SavedBuilder().named("host:5000/a/b:c").gzip(BASE).zstd(CHANGE);
    load(saved.oci(before));
    assertThat(image("host:5000/a/b:c").id()).isEqualTo(saved.id());
    assertThat(image("host:5000/a/b:c").folders()).hasSize(2);
  }

  @Test
  void ofSeveralMachinesTheOneOfThisIsTaken() throws Exception {
    SavedBuilder saved = new SavedBuilder().named("several:x").layer(BASE);
    load(saved.ociOfSeveral());
    assertThat(image("several:x").id()).isEqualTo(saved.id());
  }

  @Test
  void anArchiveWithoutANameIsKnownByItsId() throws Exception {
    SavedBuilder saved = new SavedBuilder().layer(BASE);
    assertThat(load(saved.docker()).getFirst().names()).isEmpty();
    assertThat(image(saved.id()).names()).isEmpty();
    load(new SavedBuilder().named("latest").layer(BASE).oci()); // a tag alone is no name
    assertThat(image(saved.id()).names()).isEmpty();
  }

  @Test
  void linksInAnArchiveLeadToOtherMembers() throws Exception {
    SavedBuilder saved = busybox();
    String config = Digest.hex(saved.id()) + ".json";
    byte[] archive =
        new TarBuilder()
            .file("manifest.json", saved.manifest(config, List.of("b/layer.tar")))
            .symbolicLink("b/layer.tar", "../a/layer.tar")
            .file("a/layer.tar", BASE)
            .file(config, saved.document())
            .end();
    load(archive);
    assertThat(image("busybox:1.36").folders().getFirst().resolve("etc/motd")).exists();
  }

  @Test
  void aLayerThatComesTwiceIsOneFolder() throws Exception {
    load(busybox().layer(CHANGE).layer(BASE).docker());
    Image image = image("busybox:1.36");
    assertThat(image.document().layers()).hasSize(3);
    assertThat(image.folders()).hasSize(2);
    assertThat(image.folders().get(1).resolve("etc/motd")).hasContent("hello\n");
  }

  @Test
  void aRootFileSystemIsImported() throws Exception {
    Image image =
        store.importRootfs(
            new ByteArrayInputStream(SavedBuilder.gzipped(BASE)),
            ImageName.parse("root:fs"),
            "by a test");
    assertThat(image.names()).containsExactly("root:fs");
    assertThat(image.document().layers()).containsExactly(Digest.of(BASE));
    assertThat(image.folders().getFirst().resolve("etc/motd")).hasContent("hello\n");
    assertThat(image.document().json().path("comment").stringValue()).isEqualTo("by a test");
  }

  @Test
  void namesMayBeAnyBytes() throws Exception {
    byte[] tar = new TarBuilder().file("F\u0151.crt", "x").end();
    store.importRootfs(new ByteArrayInputStream(tar), ImageName.parse("bytes"), "");
    // this JVM shows other names where its locale has no such letters
    Process listed =
        new ProcessBuilder("ls", image("bytes").folders().getFirst().toString()).start();
    assertThat(new String(listed.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("F\u0151.crt\n");
    store.remove("bytes", false);
    assertThat(in("layers")).isEmpty();
  }

  @Test
  void everythingIsThereAgainWhenItIsOpenedAgain() throws Exception {
    load(busybox().layer(CHANGE).docker());
    Image before = image("busybox:1.36");
    reopen();
    assertThat(image("busybox:1.36")).isEqualTo(before);
    assertThat(store.list()).containsExactly(before);
  }

  @Test
  void whatWasHalfUnpackedIsClearedAndWhatNobodyUsesToo() throws Exception {
    load(busybox().docker());
    Path half = Files.createDirectories(folder.resolve("images/unfinished/load-1/layer-0/fs/x"));
    Path unused = folder.resolve("images/layers/77");
    Layers.prepare(Files.createDirectories(unused));
    Layers.finish(unused, "sha256:" + "0".repeat(64), 0);
    reopen();
    assertThat(half).doesNotExist();
    assertThat(unused).doesNotExist();
    assertThat(image("busybox:1.36").folders().getFirst().resolve("etc/motd")).exists();
  }

  @Test
  void aDamagedImageIsLeftAloneAndTheOthersWork() throws Exception {
    SavedBuilder other = new SavedBuilder().named("other").layer(CHANGE);
    load(busybox().docker());
    load(other.docker());
    Path config = folder.resolve("images/configs").resolve(Digest.hex(other.id()) + ".json");
    byte[] good = Files.readAllBytes(config);
    Files.write(config, java.util.Arrays.copyOf(good, good.length - 1));
    reopen();
    assertThat(store.resolve("other")).isEmpty();
    assertThat(image("busybox:1.36").names()).containsExactly("busybox:1.36");
    assertThat(in("layers")).as("whose they are is not known").hasSize(2);
    load(other.docker());
    assertThat(image("other").folders().getFirst().resolve("etc/new")).exists();
    reopen();
    assertThat(image("other").id()).isEqualTo(other.id());
  }

  @ParameterizedTest
  @CsvSource({
    "busybox:1.36, true",
    "docker.io/library/busybox:1.36, true",
    "docker.io/busybox:1.36, true",
    "index.docker.io/library/busybox:1.36, true",
    "library/busybox:1.36, true",
    "busybox, false",
    "docker.io/other/busybox:1.36, false",
    "localhost/busybox:1.36, false",
    "Busybox:1.36, false",
    "'', false",
    "busybox@sha256:0000000000000000000000000000000000000000000000000000000000000000, false",
  })
  void namesAreFoundAsDockerFindsThem(String name, boolean isFound) throws Exception {
    load(busybox().docker());
    assertThat(store.resolve(name).isPresent()).isEqualTo(isFound);
  }

  @Test
  void idsAreFoundByTheirBeginning() throws Exception {
    SavedBuilder saved = busybox();
    load(saved.docker());
    String hex = Digest.hex(saved.id());
    for (String id :
        List.of(saved.id(), hex, hex.substring(0, 12), "sha256:" + hex.substring(0, 4))) {
      assertThat(image(id).id()).as(id).isEqualTo(saved.id());
    }
    assertThat(store.resolve(hex.substring(0, 3))).isEmpty();
  }

  @Test
  void aBeginningOfSeveralIdsIsRefused() throws Exception {
    java.util.Set<String> seen = new java.util.HashSet<>();
    for (int i = 0; ; i++) {
      SavedBuilder saved = new SavedBuilder().config(Map.of("Labels", Map.of("i", "" + i)));
      String start = Digest.hex(saved.id()).substring(0, 4);
      if (!seen.add(start)) {
        loadAllWith(start, i);
        assertThatExceptionOfType(ApiException.class)
            .isThrownBy(() -> store.resolve(start))
            .withMessageContaining("Multiple IDs found");
        return;
      }
    }
  }

  private void loadAllWith(String start, int last) throws Exception {
    for (int i = 0; i <= last; i++) {
      SavedBuilder saved = new SavedBuilder().config(Map.of("Labels", Map.of("i", "" + i)));
      if (Digest.hex(saved.id()).startsWith(start)) {
        load(saved.docker());
      }
    }
  }

  @Test
  void aNameThatMovesLeavesTheOldImageWithoutOne() throws Exception {
    SavedBuilder old = busybox();
    load(old.docker());
    Loaded loaded = load(busybox().layer(CHANGE).docker()).getFirst();
    assertThat(loaded.renamed()).containsExactly(Map.entry("busybox:1.36", old.id()));
    assertThat(image(old.id()).names()).isEmpty();
    reopen();
    assertThat(image("busybox:1.36").id()).isEqualTo(loaded.id());
  }

  private static ImageName named(String name) {
    return ImageName.parse(name).orElseThrow();
  }

  @Test
  void withTheLastNameGoesTheImageAndWhatOnlyItHad() throws Exception {
    SavedBuilder saved = busybox().layer(CHANGE);
    load(saved.docker());
    load(new SavedBuilder().named("other").layer(BASE).docker());
    store.tag("busybox:1.36", named("busybox:second"));
    assertThat(store.remove("busybox:1.36", false))
        .containsExactly(new Removal.Untagged("busybox:1.36"));
    assertThat(store.remove("busybox:second", false))
        .containsExactly(
            new Removal.Untagged("busybox:second"),
            new Removal.Deleted(saved.id()),
            new Removal.Deleted(
                Digest.of(
                    (Digest.of(BASE) + " " + Digest.of(CHANGE))
                        .getBytes(StandardCharsets.US_ASCII))));
    assertThat(in("layers")).hasSize(1);
    reopen();
    assertThat(store.list()).extracting(Image::names).containsExactly(List.of("other:latest"));
  }

  @Test
  void byItsIdAnImageOfSeveralNamesIsRemovedByForceOnly() throws Exception {
    SavedBuilder saved = busybox();
    load(saved.docker());
    store.tag("busybox:1.36", named("second"));
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> store.remove(saved.id(), false))
        .withMessageContaining("(must be forced) - image is referenced in multiple repositories");
    assertThat(store.remove(saved.id(), true))
        .contains(new Removal.Untagged("second:latest"), new Removal.Deleted(saved.id()));
    assertThat(in("layers")).isEmpty();
  }

  private record Container(String containerId, boolean isRunning) implements Holder {}

  @Test
  void whatAContainerHoldsIsRemovedByForceOnlyAndItsLayersStay() throws Exception {
    SavedBuilder saved = busybox();
    load(saved.docker());
    Path files = image("busybox:1.36").folders().getFirst().resolve("etc/motd");
    Hold hold = store.hold(saved.id(), new Container("0123456789abcdef", false));
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> store.remove("busybox:1.36", false))
        .withMessageContaining("(must force) - container 0123456789ab is using its referenced");
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> store.remove(saved.id(), false))
        .withMessageContaining("being used by stopped container 0123456789ab");
    assertThat(store.remove("busybox:1.36", true)).contains(new Removal.Deleted(saved.id()));
    assertThat(store.list()).isEmpty();
    assertThat(files).exists();
    assertThat(hold.image().folders())
        .singleElement()
        .satisfies(folder -> assertThat(files).startsWith(folder));
    hold.close();
    hold.close();
    assertThat(files).doesNotExist();
  }

  @Test
  void aRunningContainersImageStaysInAnyCase() throws Exception {
    SavedBuilder saved = busybox();
    load(saved.docker());
    Hold hold = store.hold(saved.id(), new Container("0123456789abcdef", true));
    assertThatExceptionOfType(ApiException.class)
        .isThrownBy(() -> store.remove(saved.id(), true))
        .withMessageContaining("(cannot be forced) - image is being used by running container");
    assertThat(store.remove("busybox:1.36", true))
        .containsExactly(new Removal.Untagged("busybox:1.36"));
    assertThat(image(saved.id()).names()).isEmpty();
    hold.close();
    assertThat(store.remove(saved.id(), false)).contains(new Removal.Deleted(saved.id()));
  }

  @Test
  void aHeldImageThatWasRemovedIsHeldAgainAfterARestartAndMayComeBack() throws Exception {
    SavedBuilder saved = busybox();
    load(saved.docker());
    Path files = image("busybox:1.36").folders().getFirst().resolve("etc/motd");
    store.hold(saved.id(), new Container("0123456789abcdef", false));
    store.remove("busybox:1.36", true);
    reopen();
    Hold hold = store.hold(saved.id(), new Container("0123456789abcdef", false));
    assertThat(store.list()).isEmpty();
    load(saved.docker());
    store.remove("busybox:1.36", true);
    assertThat(files).exists();
    load(saved.docker());
    hold.close();
    assertThat(files).exists();
    store.remove("busybox:1.36", false);
    assertThat(files).doesNotExist();
    assertThat(in("removed")).isEmpty();
  }

  @Test
  void removedAndHeldByNobodyItGoesWithTheNextRemoval() throws Exception {
    SavedBuilder saved = busybox();
    load(saved.docker());
    store.hold(saved.id(), new Container("0123456789abcdef", false));
    store.remove("busybox:1.36", true);
    reopen();
    load(new SavedBuilder().named("other").layer(CHANGE).docker());
    store.remove("other", false);
    assertThat(in("layers")).isEmpty();
  }

  @Test
  void manyAtTheSameTimeAreAllThere() throws Exception {
    List<Thread> threads = new java.util.ArrayList<>();
    List<Throwable> failures = java.util.Collections.synchronizedList(new java.util.ArrayList<>());
    for (int i = 0; i < 8; i++) {
      byte[] archive = new SavedBuilder().named("many:" + i % 4).layer(BASE).layer(CHANGE).docker();
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                try {
                  load(archive);
                } catch (Exception e) {
                  failures.add(e);
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).isEmpty();
    assertThat(store.list()).hasSize(1);
    assertThat(in("layers")).hasSize(2);
    assertThat(in("unfinished")).isEmpty();
    store.remove(image("many:1").id(), true);
    assertThat(in("layers")).isEmpty();
  }

  @Test
  void whoIsInterruptedLeavesNothingBehind() throws Exception {
    TarBuilder many = new TarBuilder();
    for (int i = 0; i < 20_000; i++) {
      many.file("d" + i % 100 + "/f" + i, "");
    }
    byte[] archive = many.end();
    Thread loading =
        Thread.ofVirtual()
            .start(() -> {
              try {
                store.importRootfs(new ByteArrayInputStream(archive), Optional.empty(), "");
              } catch (IOException | InterruptedException _) {
                // as wished
              }
            });
    Await.until("its first file", () -> !in("unfinished").isEmpty());
    loading.interrupt();
    loading.join();
    assertThat(in("unfinished")).isEmpty();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals("pouch-image"));
  }
}
