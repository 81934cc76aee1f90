package dev.groundhog.dump;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds for every format.
class EveryFormatTest {
  @Test
  void severalDumpsInOneFileAreGivenInOrder() throws IOException {
    String early = Corpus.text("go/zoo-early-debug2.txt.gz");
    String jvm = Corpus.text("jvm/zoo-jdk25-thread_print.txt.gz");
    String profile = Corpus.text("go/zoo-aged-debug1.txt");
    List<Dump> dumps = read(early + early + jvm + profile);
    assertThat(dumps).extracting(Dump::threadCount).containsExactly(166L, 166L, 33L, 166L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "go/zoo-aged-debug2.txt.gz",
        "go/zoo-aged-debug1.txt",
        "go/zoo-aged-debug0.pb.gz",
        "jvm/zoo-jdk25-thread_print.txt.gz"
      })
  void noPrefixOfADumpThrowsAnythingElseOrGivesMoreThanTheWhole(String file) throws IOException {
    byte[] whole = Corpus.bytes(file);
    long threads = one(file).threadCount();
    for (int length = 0; length < whole.length; length += 97) {
      try {
        List<Dump> dumps = DumpReader.readAll(new ByteArrayInputStream(whole, 0, length));
        assertThat(dumps.getFirst().threadCount()).isLessThanOrEqualTo(threads);
      } catch (DumpException e) {
        assertThat(e.code()).isEqualTo(DumpException.Code.UNKNOWN_FORMAT);
      }
    }
  }

  @Test
  void countsThatNoProcessCanHaveDoNotOverflow() throws IOException {
    String group = "999999999999999999 @ 0x1\n#\t0x1\tmain.f+0x1\t/main.go:1\n\n";
    Dump dump = read("goroutine profile: total 1\n" + group.repeat(50)).getFirst();
    assertThat(dump.threadCount()).isEqualTo(50 * DumpThread.MAX_COUNT);
  }

  private static Dump one(String file) throws IOException {
    List<Dump> dumps = DumpReader.readAll(new ByteArrayInputStream(Corpus.raw(file)));
    assertThat(dumps).hasSize(1);
    return dumps.getFirst();
  }

  private static List<Dump> read(String text) throws IOException {
    return DumpReader.readAll(
        new ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }
}
