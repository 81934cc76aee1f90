package dev.groundhog.pouch.internal.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Archives that nobody should accept. Each is refused with words, leaves nothing in the store, and
/// nothing outside.
@Timeout(120)
class HostileArchiveTest {
  private static final Limits SMALL =
      new Limits(4 << 20, 1 << 20, 200, 300, 20, 4_096, 16_384, 3, 2, 2, 1);

  @TempDir Path folder;
  private ImageStore store;
  private TreeSet<String> before;

  @BeforeEach
  void open() throws IOException {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "images are kept on Linux only");
    store = ImageStore.open(folder.resolve("a/b/images"), SMALL);
    Files.writeString(folder.resolve("victim"), "untouched");
    before = everything();
  }

  private TreeSet<String> everything() throws IOException {
    TreeSet<String> all = new TreeSet<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        all.add(
            folder.relativize(file)
                + (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    ? "=" + Files.readString(file)
                    : ""));
      }
    }
    return all;
  }

  private static TarBuilder tar() {
    return new TarBuilder();
  }

  private static TarBuilder harmless() {
    return tar().folder("etc").file("etc/motd", "hello");
  }

  private static Map<String, String> pax(String key, String value) {
    return Map.of(key, value);
  }

  static Stream<Arguments> layers() {
    byte[] whole = harmless().end();
    return Stream.of(
        argumentSet("upwards", "leads upwards", tar().file("../victim", "x").end()),
        argumentSet("upwards within", "leads upwards", tar().file("a/../../../victim", "x").end()),
        argumentSet(
            "upwards by pax",
            "leads upwards",
            tar().pax('x', pax("path", "../victim")).file("a", "x").end()),
        argumentSet(
            "upwards by a long name",
            "leads upwards",
            tar().longName("../victim").file("a", "x").end()),
        argumentSet(
            "upwards by a prefix",
            "leads upwards",
            tar().file("victim", "x").with(345, "..").end()),
        argumentSet("a folder upwards", "leads upwards", tar().folder("../x/").end()),
        argumentSet("absolute", "absolute", tar().file("/tmp/victim", "x").end()),
        argumentSet(
            "absolute by pax",
            "absolute",
            tar().pax('x', pax("path", "/victim")).file("a", "x").end()),
        argumentSet(
            "below a link out",
            "no folder",
            tar().symbolicLink("l", "../../../../../..").file("l/victim", "x").end()),
        argumentSet(
            "below an absolute link",
            "no folder",
            tar().symbolicLink("l", "/tmp").file("l/victim", "x").end()),
        argumentSet(
            "a folder below a link",
            "no folder",
            tar().symbolicLink("l", "/tmp").folder("l/victim").end()),
        argumentSet(
            "below a link to a folder",
            "no folder",
            tar().folder("d").symbolicLink("l", "d").file("l/x", "x").end()),
        argumentSet(
            "a folder in place of a link",
            "no folder",
            tar().symbolicLink("l", "/tmp").folder("l").end()),
        argumentSet("below a file", "no folder", tar().file("f", "x").file("f/x", "x").end()),
        argumentSet(
            "a link in place of a folder",
            "name of a folder",
            tar().folder("d").symbolicLink("d", "/tmp").file("d/x", "x").end()),
        argumentSet(
            "a file as the root", "name of a folder", tar().file("./", "").with(0, ".\0").end()),
        argumentSet(
            "a hard link upwards",
            "leads upwards",
            tar().hardLink("h", "../../../../../victim").end()),
        argumentSet("an absolute hard link", "absolute", tar().hardLink("h", "/etc/passwd").end()),
        argumentSet(
            "a hard link by a link",
            "no file before it",
            tar().symbolicLink("l", "/etc").hardLink("h", "l/passwd").end()),
        argumentSet(
            "a hard link to nothing", "no file before it", tar().hardLink("h", "nothing").end()),
        argumentSet(
            "a hard link to itself",
            "no file before it",
            tar().file("h", "x").hardLink("h", "h").end()),
        argumentSet(
            "a hard link to a folder",
            "no file before it",
            tar().folder("d").hardLink("h", "d").end()),
        argumentSet(
            "a hard link to a whiteout",
            "no file before it",
            tar().file(".wh.w", "").hardLink("h", "w").end()),
        argumentSet("a link without target", "without a target", tar().symbolicLink("l", "").end()),
        argumentSet("a device", "device node", tar().device("dev/sda").end()),
        argumentSet(
            "a block device",
            "device node",
            tar().member('4', "dev/sda", "", 0666, new byte[0]).end()),
        argumentSet("a whiteout of nothing", "whiteout of nothing", tar().file("d/.wh.", "").end()),
        argumentSet(
            "a whiteout of the folder", "whiteout of nothing", tar().file("d/.wh..", "").end()),
        argumentSet(
            "a whiteout of the parent", "whiteout of nothing", tar().file("d/.wh...", "").end()),
        argumentSet("below a whiteout", "below a whiteout", tar().file(".wh.d/x", "").end()),
        argumentSet("all below hidden", "hides all", tar().file(".wh..wh..opq", "").end()),
        argumentSet(
            "a negative size", "negative size", tar().file("a", "").with(124, negative()).end()),
        argumentSet("a huge size", "too large", tar().file("a", "").with(124, huge()).end()),
        argumentSet(
            "a size beyond all",
            "is said to have",
            tar().file("a", "").with(124, "77777777777\0").end()),
        argumentSet(
            "a size of pax beyond all",
            "is said to have",
            tar().pax('x', pax("size", "999999999999999999")).file("a", "").end()),
        argumentSet(
            "a size that is no number",
            "no number",
            tar().pax('x', pax("size", "-1")).file("a", "").end()),
        argumentSet(
            "a size that is text", "no size", tar().file("a", "").with(124, "not a number").end()),
        argumentSet(
            "a link with content",
            "has content",
            tar().member('2', "l", "x", 0777, new byte[] {1}).end()),
        argumentSet(
            "an owner beyond all",
            "no uid",
            tar().pax('x', pax("uid", "99999999999")).file("a", "").end()),
        argumentSet(
            "the owner that means none",
            "no uid",
            tar().pax('x', pax("uid", "4294967295")).file("a", "").end()),
        argumentSet(
            "cut off in a file",
            "cut off",
            Arrays.copyOf(tar().file("a", "x".repeat(600)).end(), 800)),
        argumentSet("cut off in a header", "cut off", Arrays.copyOf(whole, 600)),
        argumentSet(
            "cut off behind a header",
            "belongs to a member",
            tar().longName("x".repeat(150)).end()),
        argumentSet("a wrong checksum", "checksum is wrong", changed(whole, 3)),
        argumentSet(
            "more behind its end",
            "goes on behind",
            joined(tar().file("a", "").withoutEnd(), joined(new byte[512], whole))),
        argumentSet(
            "an unknown type", "unknown type", tar().member('Z', "a", "", 0644, new byte[0]).end()),
        argumentSet("sparse of GNU", "sparse", tar().member('S', "a", "", 0644, new byte[0]).end()),
        argumentSet(
            "sparse of pax",
            "sparse",
            tar().pax('x', pax("GNU.sparse.major", "1")).file("a", "x").end()),
        argumentSet(
            "a record longer than its header",
            "pax header is damaged",
            tar().paxText('x', "99 path=x\n").file("a", "").end()),
        argumentSet(
            "a record of no length",
            "pax header is damaged",
            tar().paxText('x', "0 path=x\n").file("a", "").end()),
        argumentSet(
            "a record of a wild length",
            "pax header is damaged",
            tar().paxText('x', "99999999999999999999 path=x\n").file("a", "").end()),
        argumentSet(
            "a record without a value",
            "pax header is damaged",
            tar().paxText('x', "7 path\n").file("a", "").end()),
        argumentSet(
            "a record without an end",
            "pax header is damaged",
            tar().paxText('x', "9 path=xy").file("a", "").end()),
        argumentSet(
            "a header beyond the limit",
            "headers of one member",
            tar().paxText('x', "x".repeat(5_000)).file("a", "").end()),
        argumentSet(
            "many headers beyond the limit",
            "headers of one member",
            many(10, t -> t.longName("x".repeat(800))).file("a", "").end()),
        argumentSet(
            "global headers beyond the limit",
            "headers of one member",
            many(10, t -> t.pax('g', pax("comment", "x".repeat(800)))).file("a", "").end()),
        argumentSet(
            "a global path",
            "global pax header sets path",
            tar().pax('g', pax("path", "x")).file("a", "").end()),
        argumentSet(
            "a name with a zero byte",
            "zero byte",
            tar().pax('x', pax("path", "a\0b")).file("a", "").end()),
        argumentSet(
            "a long path",
            "more than 300 bytes",
            tar()
                .longName("d/".repeat(19) + "x".repeat(200) + "/" + "y".repeat(200))
                .file("a", "")
                .end()),
        argumentSet(
            "a long part",
            "more than 255 bytes",
            tar().longName("x".repeat(256)).file("a", "").end()),
        argumentSet(
            "a deep path",
            "more than 20 parts",
            tar().longName("d/".repeat(20) + "f").file("a", "").end()),
        argumentSet(
            "too many members", "more than 200 entries", many(201, t -> t.file("a", "")).end()),
        argumentSet(
            "too many headers",
            "more than 200 entries",
            many(201, t -> t.pax('g', pax("c", ""))).end()),
        argumentSet(
            "too much", "more than 1048576 bytes", tar().file("zeros", new byte[1 << 20]).end()),
        argumentSet(
            "no tar at all", "no tar", "hello".repeat(200).getBytes(StandardCharsets.US_ASCII)));
  }

  private static TarBuilder many(int count, java.util.function.Consumer<TarBuilder> more) {
    TarBuilder tar = tar();
    for (int i = 0; i < count; i++) {
      more.accept(tar);
    }
    return tar;
  }

  private static byte[] negative() {
    byte[] bytes = new byte[12];
    Arrays.fill(bytes, (byte) 0xff);
    return bytes;
  }

  private static byte[] huge() {
    byte[] bytes = negative();
    bytes[0] = (byte) 0x80;
    return bytes;
  }

  private static byte[] changed(byte[] bytes, int at) {
    byte[] changed = bytes.clone();
    changed[at] ^= 1;
    return changed;
  }

  private static byte[] joined(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  private void refused(String words, Loading loading) throws IOException {
    assertThatExceptionOfType(ArchiveException.class)
        .isThrownBy(loading::load)
        .withMessageContaining(words);
    assertThat(everything()).isEqualTo(before);
    assertThat(store.list()).isEmpty();
  }

  private interface Loading {
    void load() throws IOException, InterruptedException;
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aLayerIsRefused(String words, byte[] tar) throws IOException {
    byte[] archive = new SavedBuilder().named("x").layer(harmless().end()).layer(tar).docker();
    refused(words, () -> store.load(new ByteArrayInputStream(archive)));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void aRootFileSystemIsRefused(String words, byte[] tar) throws IOException {
    refused(
        words, () -> store.importRootfs(new ByteArrayInputStream(tar), ImageName.parse("x"), ""));
  }

  @ParameterizedTest
  @MethodSource("archives")
  void anArchiveIsRefused(String words, byte[] archive) throws IOException {
    refused(words, () -> store.load(new ByteArrayInputStream(archive)));
  }

  static Stream<Arguments> archives() throws IOException {
    byte[] tar = harmless().end();
    SavedBuilder good = new SavedBuilder().named("x").layer(tar);
    String config = Digest.hex(good.id()) + ".json";
    byte[] manifest = good.manifest(config, List.of("l"));
    String document = new String(good.document(), StandardCharsets.UTF_8);
    return Stream.of(
        argumentSet("nothing", "no saved image", new byte[0]),
        argumentSet("no image", "no saved image", harmless().end()),
        argumentSet("upwards", "leads upwards", tar().file("../victim", "x").end()),
        argumentSet("absolute", "absolute", tar().file("/victim", "x").end()),
        argumentSet("a link out", "leads out", tar().symbolicLink("a/l", "../../x").end()),
        argumentSet(
            "an absolute link", "leads out", tar().symbolicLink("a/l", "/etc/passwd").end()),
        argumentSet("a hard link out", "leads upwards", tar().hardLink("a/l", "../x").end()),
        argumentSet("a device", "no such member", tar().device("a").end()),
        argumentSet("a FIFO", "no such member", tar().fifo("a").end()),
        argumentSet(
            "links in a ring",
            "links lead",
            tar().symbolicLink("manifest.json", "b").symbolicLink("b", "manifest.json").end()),
        argumentSet(
            "a name twice",
            "two members",
            tar().file("manifest.json", manifest).file("./manifest.json", manifest).end()),
        argumentSet("cut off", "cut off, or no tar", Arrays.copyOf(good.docker(), 700)),
        argumentSet(
            "xz", "xz, which is not read", new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0, 0, 0}),
        argumentSet(
            "bzip2", "bzip2, which is not read", "BZh91AY".getBytes(StandardCharsets.US_ASCII)),
        argumentSet("half a gzip", "gzip is damaged", half(SavedBuilder.gzipped(good.docker()))),
        argumentSet(
            "a damaged gzip",
            "gzip is damaged",
            changed(
                SavedBuilder.gzipped(good.docker()),
                SavedBuilder.gzipped(good.docker()).length - 6)),
        argumentSet("half a zstd", "zstd is damaged", half(SavedBuilder.zstded(good.docker()))),
        argumentSet(
            "a damaged zstd", "zstd is damaged", changed(SavedBuilder.zstded(good.docker()), 8)),
        argumentSet(
            "a bomb of gzip", "more than 4194304 bytes", SavedBuilder.gzipped(new byte[5 << 20])),
        argumentSet(
            "a bomb of zstd", "more than 4194304 bytes", SavedBuilder.zstded(new byte[5 << 20])),
        argumentSet(
            "a bomb in a layer",
            "more than 1048576 bytes",
            new SavedBuilder().gzip(tar().file("zeros", new byte[2 << 20]).end()).docker()),
        argumentSet(
            "a bomb of layers",
            "more than 1048576 bytes",
            new SavedBuilder()
                .gzip(tar().file("a", new byte[600_000]).end())
                .zstd(tar().file("b", new byte[600_000]).end())
                .docker()),
        argumentSet(
            "a tar in gzip in gzip",
            "cut off",
            SavedBuilder.gzipped(SavedBuilder.gzipped(good.docker()))),
        argumentSet(
            "a manifest that is no JSON", "no JSON", tar().file("manifest.json", "[{").end()),
        argumentSet(
            "a manifest with more behind it",
            "no JSON",
            tar().file("manifest.json", "[] []").end()),
        argumentSet(
            "a manifest with a key twice",
            "no JSON",
            tar().file("manifest.json", "[{\"Config\":\"a\",\"Config\":\"b\"}]").end()),
        argumentSet(
            "a deep manifest", "no JSON", tar().file("manifest.json", "[".repeat(5_000)).end()),
        argumentSet(
            "a large manifest",
            "more than 16384 bytes",
            tar().file("manifest.json", " ".repeat(20_000)).end()),
        argumentSet("an empty manifest", "has no image", tar().file("manifest.json", "[]").end()),
        argumentSet(
            "a manifest of another kind", "no array", tar().file("manifest.json", "{}").end()),
        argumentSet(
            "too many images", "more than 2", tar().file("manifest.json", "[{},{},{}]").end()),
        argumentSet(
            "no config", "has no", tar().file("manifest.json", manifest).file("l", tar).end()),
        argumentSet(
            "a config out of the archive",
            "leads upwards",
            tar().file("manifest.json", good.manifest("../../x", List.of())).end()),
        argumentSet(
            "no layer",
            "has no l",
            tar().file("manifest.json", manifest).file(config, good.document()).end()),
        argumentSet(
            "another config",
            "config is not",
            tar()
                .file("manifest.json", manifest)
                .file(config, document.replace("A=b", "A=c"))
                .file("l", tar)
                .end()),
        argumentSet(
            "a config that is no JSON",
            "no JSON",
            good.docker("{".getBytes(StandardCharsets.UTF_8))),
        argumentSet(
            "a config that is no object",
            "no object",
            good.docker("[]".getBytes(StandardCharsets.UTF_8))),
        argumentSet(
            "a config of wrong types",
            "no string",
            good.docker(document.replace("\"A=b\"", "7").getBytes(StandardCharsets.UTF_8))),
        argumentSet(
            "a config of another system",
            "not for linux",
            good.docker(document.replace("linux", "windows").getBytes(StandardCharsets.UTF_8))),
        argumentSet(
            "a config without time",
            "no time",
            good.docker(document.replace("2026-", "20x6-").getBytes(StandardCharsets.UTF_8))),
        argumentSet(
            "a digest that is none",
            "no sha256 digest",
            good.docker(
                document.replace("sha256:", "sha256:../").getBytes(StandardCharsets.UTF_8))),
        argumentSet(
            "fewer layers than in the manifest",
            "its manifest 1",
            good.docker(new SavedBuilder().document())),
        argumentSet(
            "too many layers",
            "more than 3",
            new SavedBuilder().layer(tar).layer(tar).layer(tar).layer(tar).docker()),
        argumentSet(
            "another layer",
            "a layer is not what",
            new SavedBuilder().layer(tar, tar().file("evil", "").end(), "").docker()),
        argumentSet(
            "another layer, of OCI",
            "a layer is not what",
            new SavedBuilder().layer(tar, tar().file("evil", "").end(), "").oci()),
        argumentSet(
            "a bad name", "no image's name", new SavedBuilder().named("../x").layer(tar).docker()),
        argumentSet(
            "too many names",
            "more than 2",
            new SavedBuilder().named("a").named("b").named("c").layer(tar).docker()),
        argumentSet(
            "OCI without its mark", "has no oci-layout", tar().file("index.json", "{}").end()),
        argumentSet(
            "OCI of another version",
            "another version",
            tar()
                .file("oci-layout", "{\"imageLayoutVersion\":\"9\"}")
                .file("index.json", "{}")
                .end()),
        argumentSet(
            "OCI of nothing", "no image for linux", SavedBuilder.layout(tar(), "", List.of())),
        argumentSet(
            "OCI of another machine",
            "no image for linux",
            SavedBuilder.layout(
                tar(),
                "",
                List.of(Map.of("platform", Map.of("os", "linux", "architecture", "pdp11"))))),
        argumentSet(
            "a manifest that is not there",
            "has no blobs/sha256",
            SavedBuilder.layout(
                tar(),
                "",
                List.of(
                    SavedBuilder.descriptor("application/vnd.oci.image.manifest.v1+json", tar)))),
        argumentSet("a manifest of another size", "not as large", layoutOf("{}", 3)),
        argumentSet("a manifest of another digest", "not what its name says", layoutOf("[]", 2)),
        argumentSet(
            "something else than a manifest",
            "no image but",
            SavedBuilder.layout(tar(), "", List.of(SavedBuilder.descriptor("text/plain", tar)))),
        argumentSet("indexes in each other", "lie in each other", nested(5)));
  }

  private static byte[] half(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }

  /// A manifest that is said to be `{}`, of so many bytes.
  private static byte[] layoutOf(String content, int size) {
    byte[] said = "{}".getBytes(StandardCharsets.UTF_8);
    TarBuilder tar = tar().file("blobs/sha256/" + Digest.hex(Digest.of(said)), content);
    Map<String, Object> descriptor =
        new java.util.HashMap<>(
            SavedBuilder.descriptor("application/vnd.oci.image.manifest.v1+json", said));
    descriptor.put("size", size);
    return SavedBuilder.layout(tar, "", List.of(descriptor));
  }

  private static byte[] nested(int levels) {
    TarBuilder tar = tar();
    Map<String, Object> descriptor = SavedBuilder.descriptor("text/plain", new byte[0]);
    for (int i = 0; i < levels; i++) {
      byte[] index = SavedBuilder.json(Map.of("manifests", List.of(descriptor)));
      SavedBuilder.blob(tar, "", index);
      descriptor = SavedBuilder.descriptor("application/vnd.oci.image.index.v1+json", index);
    }
    return SavedBuilder.layout(tar, "", List.of(descriptor));
  }

  /// The twins of those that are refused: links out and odd names are harmless while nothing goes
  /// through them.
  @Test
  void whatOnlyLooksBadIsAccepted() throws Exception {
    byte[] tar =
        tar()
            .symbolicLink("up", "../../../../../../victim")
            .symbolicLink("absolute", "/etc/passwd")
            .hardLink("hard", "up")
            .file("..a/...", "x")
            .file("a/./b//c", "x")
            .file("twice", "first")
            .file("twice", "second")
            .symbolicLink("changes", "/etc/passwd")
            .file("changes", "a file")
            .folder("again")
            .folder("again/")
            .file(".wh..wh.plnk/1.2", "of aufs")
            .file("rwx\nevil\u001b[2J", "x")
            .file("self/.wh.gone", "not empty")
            .end();
    Image image = store.importRootfs(new ByteArrayInputStream(tar), ImageName.parse("odd"), "");
    Path root = image.folders().getFirst();
    assertThat(root.resolve("twice")).hasContent("second");
    assertThat(Files.readString(root.resolve("changes"))).isEqualTo("a file");
    assertThat(Files.isSymbolicLink(root.resolve("hard"))).isTrue();
    assertThat(root.resolve("a/b/c")).exists();
    assertThat(root.resolve(".wh..wh.plnk")).doesNotExist();
    assertThat(folder.resolve("victim")).hasContent("untouched");
    assertThat(store.remove("odd", false)).hasSize(3);
    assertThat(everything()).isEqualTo(before);
  }

  @Test
  void aTarWithoutItsEndIsNoRootFileSystem() throws IOException {
    byte[] tar = harmless().withoutEnd();
    refused(
        "no end", () -> store.importRootfs(new ByteArrayInputStream(tar), Optional.empty(), ""));
  }

  @Test
  void messagesShowNothingThatATerminalObeys() {
    byte[] tar = tar().device("\u001b[2J").end();
    assertThatExceptionOfType(ArchiveException.class)
        .isThrownBy(() -> store.importRootfs(new ByteArrayInputStream(tar), Optional.empty(), ""))
        .withMessageNotContaining("\u001b");
  }
}
