package dev.groundhog.dump.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.fuzz.Oracle.Contents;
import dev.groundhog.dump.fuzz.Oracle.Outcome;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// How a dump comes makes no difference.
class DressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "go/zoo-aged-debug2.txt.gz",
        "go/zoo-sigquit-all.txt.gz",
        "go/zoo-aged-debug1.txt",
        "jvm/waits-jdk17-thread_print.txt.gz",
        "jvm/waits-jdk21-thread_print.txt.gz",
        "jvm/zoo-jdk25-jstack.txt.gz",
        "jvm/waits-jdk21-dump_to_file.txt.gz",
        "jvm/zoo-jdk25-dump_to_file.txt.gz",
        "jvm/waits-jdk21-dump_to_file.json.gz",
        "jvm/zoo-jdk25-dump_to_file.json.gz"
      })
  void windowsLinesGzipAndASecondDumpBehindChangeNothing(String file) {
    Anatomy anatomy = Anatomy.of(file);
    byte[] plain = anatomy.text().getBytes(StandardCharsets.UTF_8);
    byte[] windows = anatomy.withWindowsLines().text().getBytes(StandardCharsets.UTF_8);
    Outcome read = Oracle.read(DumpReader::read, plain);
    assertThat(read.failure()).isEmpty();
    Oracle.same(read, Oracle.read(DumpReader::read, windows), "with Windows ends of line");
    Oracle.same(read, Oracle.readPacked(Oracle.gzip(plain), plain.length), "packed");
    byte[] twice = joined(plain, plain);
    List<Contents> both = Oracle.read(DumpReader::read, twice).dumps();
    assertThat(threads(both)).isEqualTo(twice(threads(read.dumps())));
    // Two packed files behind each other are one packed file.
    byte[] parts = joined(Oracle.gzip(plain), Oracle.gzip(plain));
    assertThat(threads(Oracle.readPacked(parts, twice.length).dumps())).isEqualTo(threads(both));
  }

  private static List<Object> threads(List<Contents> dumps) {
    return new ArrayList<>(dumps.stream().map(Contents::threads).toList());
  }

  private static List<Object> twice(List<Object> dumps) {
    List<Object> twice = new ArrayList<>(dumps);
    twice.addAll(dumps);
    return twice;
  }

  private static byte[] joined(byte[] first, byte[] second) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    joined.writeBytes(first);
    joined.writeBytes(second);
    return joined.toByteArray();
  }
}
