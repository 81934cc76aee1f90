package dev.groundhog.dump.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Corpus;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.dump.internal.protobuf.ProtobufWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Small inputs that would cost much: memory, or time without end. The bound on time only tells a
/// reading that ends from one that does not; what is read here takes some seconds at most.
@Timeout(120)
class BombTest {
  private static final int LARGE = 1 << 20;

  @Test
  void aLineOfManyHeadersIsLookedThroughOnce() throws IOException {
    reads("goroutine 1 [a".repeat(LARGE / 14));
    reads("x goroutine 1 [a] b:".repeat(LARGE / 20));
    reads("x goroutine 1 [a]:\\\\n".repeat(LARGE / 20));
    reads("x Full thread dump ".repeat(LARGE / 19));
    reads("x #1 \"a\" ".repeat(LARGE / 9));
    reads("a".repeat(LARGE) + "! profile: total ");
    reads("x goroutine profile: total 1".repeat(LARGE / 28));
    reads("#1 \"" + "\" A A".repeat(LARGE / 5));
    reads("\"" + "\" #1 \"".repeat(LARGE / 7));
  }

  @Test
  void aNumberWithAHugeExponentIsNotWrittenOut() throws IOException {
    String thread = "{\"kind\":\"VIRTUAL\",\"ageSeconds\":1e-2000000000}";
    List<Dump> dumps = reads("{\"schema\":\"groundhog.dump/1\",\"threads\":[" + thread + "]}");
    assertThat(dumps).hasSize(1);
    assertThat(dumps.getFirst().row(0).age()).contains(java.time.Duration.ZERO);
  }

  /// Compared one by one with all others, these take many minutes.
  @Test
  void namesThatAreMadeToHashAlikeAreToldApart() throws IOException {
    int bits = 16;
    int names = 1 << bits;
    StringBuilder stacks = new StringBuilder();
    StringBuilder threads = new StringBuilder();
    StringBuilder goroutines = new StringBuilder();
    for (int i = 0; i < names; i++) {
      StringBuilder name = new StringBuilder();
      for (int bit = 1; bit < names; bit <<= 1) {
        name.append((i & bit) == 0 ? "Aa" : "BB");
      }
      assertThat(name.toString().hashCode()).isEqualTo("Aa".repeat(bits).hashCode());
      stacks.append(i == 0 ? "" : ",").append("{\"frames\":[{\"function\":\"");
      stacks.append(name).append("\"}]}");
      threads.append(i == 0 ? "" : ",").append("{\"kind\":\"VIRTUAL\",\"stack\":");
      threads.append(i).append(",\"waitReason\":\"").append(name);
      threads.append("\",\"labels\":{\"job\":\"").append(name).append("\"}}");
      goroutines.append("goroutine 1 [select]:\n").append(name).append("()\n\t/x.go:1\n\n");
    }
    String json =
        "{\"schema\":\"groundhog.dump/1\",\"stacks\":[%s],\"threads\":[%s]}"
            .formatted(stacks, threads);
    for (String text : List.of(json, goroutines.toString())) {
      assertThat(reads(text))
          .singleElement()
          .satisfies(dump -> {
            assertThat(dump.rows()).isEqualTo(names);
            DumpWriter.profile(dump, OutputStream.nullOutputStream());
          });
    }
  }

  @Test
  void aPlaceThatStandsForManyFramesIsNotWrittenOutForEachUse() throws IOException {
    ProtobufWriter location = new ProtobufWriter().number(1, 1);
    for (int line = 0; line < 100_000; line++) {
      location.message(4, new ProtobufWriter().number(1, 1));
    }
    List<Long> uses = Collections.nCopies(300_000, 1L);
    ProtobufWriter profile =
        new ProtobufWriter()
            .message(1, new ProtobufWriter().number(1, 1).number(2, 2))
            .message(4, location);
    profile.message(2, new ProtobufWriter().numbers(1, uses).numbers(2, List.of(1L)));
    for (long sample = 0; sample < 1_000; sample++) {
      List<Long> places = new ArrayList<>(LongStream.of(sample + 2, 1).boxed().toList());
      profile.message(2, new ProtobufWriter().numbers(1, places).numbers(2, List.of(1L)));
    }
    profile.string(6, "").string(6, "goroutine").string(6, "count");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    profile.writeTo(bytes);
    byte[] input = bytes.toByteArray();
    Oracle.Outcome outcome = Oracle.read(DumpReader::read, input);
    assertThat(outcome.dumps()).hasSize(1);
    long frames =
        outcome.threads().stream().mapToLong(thread -> thread.stack().frames().size()).sum();
    assertThat(frames).isLessThan(5L * input.length);
    assertThat(outcome.dumps().getFirst().warnings()).isNotEmpty();
  }

  @Test
  void gzipThatGrowsBeyondAllMeasureIsLeftThereAndSaysSo() throws IOException {
    byte[] thread =
        "goroutine 1 [select]:\nmain.f()\n\t/x.go:1 +0x1\n\n".getBytes(StandardCharsets.UTF_8);
    byte[] zeros = new byte[LARGE];
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(thread);
      gzip.write(thread);
      for (int i = 0; i < 200; i++) {
        gzip.write(zeros);
      }
    }
    for (byte[] bomb : List.of(packed.toByteArray(), Oracle.gzip(packed.toByteArray()))) {
      List<Dump> dumps = DumpReader.readAll(new ByteArrayInputStream(bomb));
      assertThat(dumps).singleElement().satisfies(dump -> assertThat(dump.rows()).isEqualTo(2));
      assertThat(dumps.getFirst().warnings())
          .anySatisfy(warning -> assertThat(warning.text()).contains("300 times its size"));
    }
  }

  @Test
  void damagedGzipKeepsWhatCameBeforeAndSaysSo() throws IOException {
    byte[] packed = Corpus.raw("go/zoo-sigquit-all.txt.gz");
    packed[packed.length / 2] ^= 0x55;
    packed[packed.length - 6] ^= 0x55;
    List<Dump> dumps = DumpReader.readAll(new ByteArrayInputStream(packed));
    assertThat(dumps.getFirst().rows()).isGreaterThan(20);
    assertThat(dumps.getLast().warnings())
        .anySatisfy(warning -> assertThat(warning.text()).contains("the gzip data is damaged"));
  }

  private static List<Dump> reads(String text) throws IOException {
    try {
      return DumpReader.readAll(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    } catch (DumpException e) {
      assertThat(e.code()).isEqualTo(DumpException.Code.UNKNOWN_FORMAT);
      return List.of();
    }
  }
}
