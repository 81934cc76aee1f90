package dev.groundhog.dump.internal.go;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.dump.Corpus;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.internal.protobuf.ProtobufWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Input that is cut, damaged or hostile gives what is whole in it, and nothing but a
/// [DumpException].
class GoBrokenInputTest {
  private static final String NUMBER = "1234567890123456789012345678901234567890";

  @Test
  void aNumberOfFortyDigitsCostsOneGoroutineOnly() {
    Dump dump =
        Dumps.text(
            "goroutine 1 [running]:",
            "main.main()",
            "\t/x.go:" + NUMBER + " +0x1",
            "",
            "goroutine " + NUMBER + " [sleep]:",
            "main.f()",
            "\t/x.go:1 +0x1",
            "",
            "goroutine 3 [sleep, " + NUMBER + " minutes]:",
            "main.f()",
            "\t/x.go:1 +0x1",
            "created by main.g in goroutine " + NUMBER,
            "\t/x.go:1 +0x1",
            "");
    assertThat(Dumps.rows(dump)).extracting(row -> row.id().orElse(-1)).containsExactly(1L, 3L);
    assertThat(dump.warnings()).extracting(warning -> warning.line()).contains(5L);
  }

  @Test
  void noCutOfATracebackLosesACompleteGoroutine() throws IOException {
    byte[] bytes = Dumps.bytes("zoo-aged-debug2.txt.gz");
    List<DumpThread> whole = Dumps.rows(Dumps.only(bytes));
    Random random = new Random(7);
    for (int i = 0; i < 400; i++) {
      int length = 100 + random.nextInt(bytes.length - 100);
      byte[] cut = Arrays.copyOf(bytes, length);
      int complete = new String(cut, StandardCharsets.UTF_8).split("\n\n", -1).length - 1;
      Dump dump;
      try {
        dump = DumpReader.readAll(new ByteArrayInputStream(cut)).getFirst();
      } catch (DumpException e) {
        assertThat(complete).isZero();
        continue;
      }
      assertThat(dump.rows()).as("cut at %d", length).isBetween(complete, complete + 1);
      List<DumpThread> rows = Dumps.rows(dump);
      assertThat(rows.subList(0, complete)).isEqualTo(whole.subList(0, complete));
      if (complete == 0) {
        // Nothing tells yet that this dump names creators, so a part of a stack may be all.
        continue;
      }
      // One more only where it is whole, or where nothing but the end of a number is missing.
      if (rows.size() > complete) {
        assertThat(rows.getLast().stack()).isEqualTo(whole.get(complete).stack());
      } else if (!endsBetweenGoroutines(cut)) {
        assertThat(dump.warnings()).as("cut at %d", length).isNotEmpty();
      }
    }
  }

  private static boolean endsBetweenGoroutines(byte[] cut) {
    return cut[cut.length - 1] == '\n' && cut[cut.length - 2] == '\n';
  }

  @Test
  void noCutOfAggregatedTextLosesACompleteGroup() throws IOException {
    byte[] bytes = Dumps.bytes("zoo-aged-debug1.txt");
    List<DumpThread> whole = Dumps.rows(Dumps.only(bytes));
    for (int length = 40; length < bytes.length; length += 37) {
      byte[] cut = Arrays.copyOf(bytes, length);
      int complete = new String(cut, StandardCharsets.UTF_8).split("\n\n", -1).length - 1;
      Dump dump = DumpReader.readAll(new ByteArrayInputStream(cut)).getFirst();
      assertThat(Dumps.rows(dump).subList(0, complete)).isEqualTo(whole.subList(0, complete));
      assertThat(dump.warnings()).as("cut at %d", length).isNotEmpty();
    }
  }

  @Test
  void damagedInputThrowsNothingButDumpExceptions() throws IOException {
    Random random = new Random(11);
    byte[] profile = Dumps.bytes("zoo-aged-debug0.pb.gz");
    for (byte[] good :
        List.of(
            Dumps.bytes("zoo-aged-debug1.txt"), Dumps.bytes("zoo-early-debug2.txt.gz"), profile)) {
      for (int i = 0; i < 300; i++) {
        byte[] bad = good.clone();
        for (int j = 0; j < 20; j++) {
          bad[random.nextInt(bad.length)] = (byte) random.nextInt();
        }
        readsOrSaysWhyNot(bad);
      }
    }
    for (int length = 0; length < profile.length; length += 13) {
      readsOrSaysWhyNot(Arrays.copyOf(profile, length));
    }
  }

  @Test
  void aCutProfileKeepsItsSamplesAndWarns() throws IOException {
    byte[] profile = Dumps.bytes("zoo-aged-debug0.pb.gz");
    Dump cut = Dumps.only(Arrays.copyOf(profile, profile.length - 1));
    assertThat(cut.threadCount()).isEqualTo(166);
    assertThat(cut.warnings()).hasSize(1);
    byte[] zipped = Corpus.raw("go/zoo-aged-debug0.pb.gz");
    Dump cutZip = Dumps.only(Arrays.copyOf(zipped, zipped.length - 200));
    assertThat(cutZip.threadCount()).isPositive();
    assertThat(cutZip.warnings()).isNotEmpty();
  }

  /// A flipped bit is seen somewhere behind it; what was unpacked up to there is kept, whether the
  /// packed bytes come at once or one by one.
  @Test
  void damagedGzipKeepsWhatCameBefore() throws IOException {
    byte[] packed = Corpus.raw("go/zoo-sigquit-all.txt.gz");
    int kept = 0;
    for (int at = packed.length / 2; at < packed.length - 8; at += 31) {
      byte[] bad = packed.clone();
      bad[at] ^= 0x55;
      List<Dump> atOnce = DumpReader.readAll(new ByteArrayInputStream(bad));
      List<Dump> slowly = DumpReader.readAll(new SequenceInputStream(oneByOne(bad)));
      assertThat(Dumps.rows(slowly.getFirst())).isEqualTo(Dumps.rows(atOnce.getFirst()));
      assertThat(slowly.getFirst().warnings()).isEqualTo(atOnce.getFirst().warnings());
      kept = Math.max(kept, atOnce.getFirst().rows());
    }
    assertThat(kept).isGreaterThan(100);
  }

  private static Enumeration<InputStream> oneByOne(byte[] bytes) {
    return Collections.enumeration(
        IntStream.range(0, bytes.length)
            .mapToObj(i -> (InputStream) new ByteArrayInputStream(bytes, i, 1))
            .toList());
  }

  @Test
  void aProfileOfSomethingElseIsRefusedByName() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ProtobufWriter()
        .message(1, new ProtobufWriter().number(1, 1).number(2, 2))
        .message(2, new ProtobufWriter().numbers(1, List.of(1L)).numbers(2, List.of(5L)))
        .string(6, "")
        .string(6, "inuse_space")
        .string(6, "bytes")
        .writeTo(out);
    assertThatThrownBy(() -> DumpReader.readAll(new ByteArrayInputStream(out.toByteArray())))
        .isInstanceOf(DumpException.class)
        .hasMessageContaining("counts inuse_space");
  }

  @Test
  void lengthsAndNumbersBeyondTheInputAreRefused() {
    byte[] head = {0x0a, 0x04, 0x08, 0x01, 0x10, 0x02};
    for (byte[] tail :
        List.of(
            new byte[] {0x12, -1, -1, -1, -1, 0x07},
            new byte[] {0x12, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0x7f},
            new byte[] {0x18, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1},
            new byte[] {0x13},
            new byte[] {0x00})) {
      byte[] bytes = Arrays.copyOf(head, head.length + tail.length);
      System.arraycopy(tail, 0, bytes, head.length, tail.length);
      assertThatThrownBy(() -> DumpReader.readAll(new ByteArrayInputStream(bytes)))
          .isInstanceOf(DumpException.class)
          .hasMessageContaining("at byte");
    }
  }

  private static void readsOrSaysWhyNot(byte[] bytes) {
    try {
      assertThat(DumpReader.readAll(new ByteArrayInputStream(bytes))).isNotEmpty();
    } catch (DumpException e) {
      assertThat(e).hasMessageMatching("(?s).+");
    }
  }
}
