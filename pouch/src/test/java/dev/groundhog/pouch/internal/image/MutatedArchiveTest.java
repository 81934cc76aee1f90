package dev.groundhog.pouch.internal.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Good archives, changed at random but with right checksums, so that the changes come to be read.
/// Nothing is thrown but [ArchiveException], and nothing is written outside.
@Timeout(600)
class MutatedArchiveTest {
  private static final int BLOCK = 512;
  private static final Limits SMALL =
      new Limits(1 << 20, 1 << 20, 200, 300, 20, 4_096, 16_384, 3, 2, 2, 1);
  private static final List<String> WORDS =
      List.of(
          "..",
          "../",
          "/",
          "/etc",
          "\0",
          "l",
          "l/x",
          "d",
          ".wh.",
          ".wh..wh..opq",
          "77777777777",
          "-1",
          "ustar\0",
          "99 path=",
          "\200\377\377",
          "S",
          "x",
          "g",
          "L",
          "1",
          "2",
          "3",
          "5");

  @TempDir Path folder;

  private static byte[] seed() {
    return new TarBuilder()
        .folder("d")
        .symbolicLink("l", "../../..")
        .pax('g', Map.of("comment", "x"))
        .pax('x', Map.of("path", "d/long", "mtime", "12.5", "SCHILY.xattr.user.a", "b"))
        .file("short", "content")
        .longName("d/" + "n".repeat(120))
        .file("short", "x".repeat(700))
        .hardLink("d/h", "d/long")
        .file("d/.wh.gone", "")
        .end();
  }

  @Test
  void noChangeOfATarGetsThrough() throws Exception {
    read(20_000, 1);
  }

  @Test
  void noChangeOfALayerWritesOutside() throws Exception {
    unpack(400, 2);
  }

  @Tag("long")
  @Test
  void noneOfManyChangesGetsThrough() throws Exception {
    read(5_000_000, 3);
    unpack(50_000, 4);
  }

  private static void read(int times, long start) throws IOException {
    Random random = new Random(start);
    int accepted = 0;
    for (int i = 0; i < times; i++) {
      byte[] tar = changed(seed(), random);
      TarReader reader = new TarReader(new ByteArrayInputStream(tar), new Budget(SMALL));
      try {
        long bytes = 0;
        Optional<TarEntry> entry = reader.next();
        while (entry.isPresent()) {
          assertThat(entry.get().path()).doesNotContain("..", "", ".");
          bytes += reader.content().readAllBytes().length;
          entry = reader.next();
        }
        assertThat(bytes).isLessThanOrEqualTo(tar.length);
        accepted++;
      } catch (ArchiveException _) {
        // as it should be
      }
    }
    assertThat(accepted)
        .as("some changes are harmless")
        .isBetween(times / 100, times - times / 100);
  }

  private void unpack(int times, long start) throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "images are kept on Linux only");
    Random random = new Random(start);
    ImageStore store = ImageStore.open(folder.resolve("a/b/images"), SMALL);
    for (int i = 0; i < times; i++) {
      byte[] tar = changed(seed(), random);
      try {
        Image image = store.importRootfs(new ByteArrayInputStream(tar), ImageName.parse("x"), "");
        store.remove(image.id(), true);
      } catch (ArchiveException _) {
        // as it should be
      }
    }
    try (Stream<Path> files = Files.walk(folder)) {
      assertThat(files.map(file -> folder.relativize(file).toString()))
          .containsExactlyInAnyOrder(
              "",
              "a",
              "a/b",
              "a/b/images",
              "a/b/images/configs",
              "a/b/images/layers",
              "a/b/images/names",
              "a/b/images/removed",
              "a/b/images/unfinished");
    }
  }

  private static byte[] changed(byte[] tar, Random random) {
    byte[] changed = tar.clone();
    List<Integer> headers = headers(tar);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int header = headers.get(random.nextInt(headers.size()));
      switch (random.nextInt(5)) {
        case 0 -> changed[header + random.nextInt(BLOCK)] = (byte) random.nextInt(256);
        case 1 ->
            put(
                changed,
                header + List.of(0, 124, 156, 157, 257, 345).get(random.nextInt(6)),
                random);
        case 2 ->
            put(
                changed,
                Math.min(header + BLOCK, changed.length - BLOCK) + random.nextInt(40),
                random);
        case 3 -> {
          int other = headers.get(random.nextInt(headers.size()));
          System.arraycopy(tar, other, changed, header, BLOCK);
        }
        default ->
            changed = Arrays.copyOf(changed, Math.max(1, changed.length - random.nextInt(2_000)));
      }
      if (changed.length < tar.length) {
        return changed;
      }
      checksum(changed, header);
    }
    return changed;
  }

  private static List<Integer> headers(byte[] tar) {
    List<Integer> headers = new ArrayList<>();
    for (int at = 0; at + BLOCK <= tar.length; at += BLOCK) {
      if (new String(tar, at + 257, 5, StandardCharsets.US_ASCII).equals("ustar")) {
        headers.add(at);
      }
    }
    return headers;
  }

  private static void put(byte[] into, int offset, Random random) {
    byte[] word = WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(word, 0, into, offset, word.length);
  }

  private static void checksum(byte[] tar, int header) {
    Arrays.fill(tar, header + 148, header + 156, (byte) ' ');
    int sum = 0;
    for (int i = header; i < header + BLOCK; i++) {
      sum += tar[i] & 0xff;
    }
    byte[] text = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, tar, header + 148, 8);
  }
}
