package dev.groundhog.pouch.internal.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Tars as tools write them.
class TarReaderTest {
  @TempDir Path folder;

  private static List<TarEntry> entries(byte[] tar) throws IOException {
    List<TarEntry> entries = new ArrayList<>();
    TarReader reader = reader(tar);
    Optional<TarEntry> entry = reader.next();
    while (entry.isPresent()) {
      entries.add(entry.get());
      entry = reader.next();
    }
    return entries;
  }

  private static TarReader reader(byte[] tar) {
    return new TarReader(new ByteArrayInputStream(tar), new Budget(Limits.defaults()));
  }

  private static String path(byte[] tar) throws IOException {
    return String.join("/", entries(tar).getFirst().path());
  }

  @Test
  void contentIsReadOrSkipped() throws IOException {
    TarReader reader =
        reader(new TarBuilder().file("a", "x".repeat(1_000)).file("b", "content").end());
    assertThat(reader.next().orElseThrow().size()).isEqualTo(1_000);
    assertThat(reader.next().orElseThrow().name()).isEqualTo("b");
    assertThat(reader.content().readAllBytes())
        .isEqualTo("content".getBytes(StandardCharsets.UTF_8));
    assertThat(reader.next()).isEmpty();
    assertThat(reader.hasEndMark()).isTrue();
  }

  @Test
  void whatHasNoEndMarkSaysSo() throws IOException {
    TarReader reader = reader(new TarBuilder().file("a", "x").withoutEnd());
    reader.next();
    assertThat(reader.next()).isEmpty();
    assertThat(reader.hasEndMark()).isFalse();
  }

  @Test
  void longNamesComeInThreeForms() throws IOException {
    String name = "d".repeat(120) + "/" + "n".repeat(200);
    assertThat(path(new TarBuilder().longName(name).file("short", "").end())).isEqualTo(name);
    assertThat(path(new TarBuilder().pax('x', Map.of("path", name)).file("short", "").end()))
        .isEqualTo(name);
    assertThat(path(new TarBuilder().file("name", "").with(345, "some/prefix").end()))
        .isEqualTo("some/prefix/name");
  }

  @Test
  void largeNumbersAreReadInBothForms() throws IOException {
    byte[] base256 = {(byte) 0x80, 0, 0, 0, 0, 0x3d, 0x09, 0x01};
    assertThat(entries(new TarBuilder().file("a", "").with(108, base256).end()).getFirst().user())
        .isEqualTo(0x3d0901);
    TarEntry pax =
        entries(
                new TarBuilder()
                    .pax('x', Map.of("uid", "4000001", "mtime", "-1.25"))
                    .file("a", "")
                    .end())
            .getFirst();
    assertThat(pax.user()).isEqualTo(4_000_001);
    assertThat(pax.modifiedSeconds()).isEqualTo(-2);
    assertThat(pax.modifiedNanos()).isEqualTo(750_000_000);
  }

  @Test
  void attributesAndGlobalHeadersAreRead() throws IOException {
    Map<String, String> own = new LinkedHashMap<>();
    own.put("SCHILY.xattr.security.capability", "\1\0=\n");
    List<TarEntry> entries =
        entries(
            new TarBuilder()
                .pax('g', Map.of("uid", "7", "comment", "of git"))
                .pax('x', own)
                .file("a", "")
                .file("b", "")
                .end());
    assertThat(entries.get(0).attributes()).containsOnlyKeys("security.capability");
    assertThat(entries.get(0).attributes().get("security.capability"))
        .isEqualTo(new byte[] {1, 0, '=', '\n'});
    assertThat(entries.get(1).attributes()).isEmpty();
    assertThat(entries).extracting(TarEntry::user).containsExactly(7, 7);
  }

  @Test
  void checksumsOfSignedBytesAreRightToo() throws IOException {
    byte[] tar = new TarBuilder().file("\u00fc", "").end();
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += i >= 148 && i < 156 ? ' ' : tar[i];
    }
    byte[] text = "%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, tar, 148, 8);
    assertThat(entries(tar)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gnu", "pax", "ustar", "v7"})
  void whatTheToolTarWritesIsReadAsItWas(String format) throws Exception {
    Path from = Files.createDirectories(folder.resolve("from"));
    String deep =
        switch (format) {
          case "v7" -> "d/file";
          case "ustar" -> "deep/".repeat(10) + "n".repeat(40) + "/file"; // a link has 100 bytes
          default -> "deep/".repeat(10) + "n".repeat(160) + "/file";
        };
    Files.createDirectories(from.resolve(deep).getParent());
    Files.writeString(from.resolve(deep), "12345");
    Files.createSymbolicLink(from.resolve("link"), Path.of("some where"));
    Files.createLink(from.resolve("zz-hard"), from.resolve(deep));
    Path tar = folder.resolve("x.tar");
    Process process;
    try {
      process =
          new ProcessBuilder(
                  "tar",
                  "--sort=name",
                  "--format=" + format,
                  "-C",
                  from.toString(),
                  "-cf",
                  tar.toString(),
                  ".")
              .inheritIO()
              .start();
    } catch (IOException _) {
      Assumptions.abort("tar is not installed");
      return;
    }
    Assumptions.assumeTrue(process.waitFor() == 0, "no GNU tar");
    Map<String, TarEntry> entries = new LinkedHashMap<>();
    entries(Files.readAllBytes(tar))
        .forEach(entry -> entries.put(String.join("/", entry.path()), entry));
    assertThat(entries.get(deep).size()).isEqualTo(5);
    assertThat(entries.get("link").link()).isEqualTo("some where");
    assertThat(entries.get("zz-hard").type()).isEqualTo(TarEntry.Type.HARD_LINK);
    assertThat(entries.get("zz-hard").link()).endsWith(deep);
    assertThat(entries.get("").type()).isEqualTo(TarEntry.Type.FOLDER);
  }
}
