package dev.groundhog.dump.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Corpus;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpThread;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Dumps of the JVM's corpus and from text.
final class JvmDumps {
  private JvmDumps() {}

  static byte[] bytes(String name) {
    return Corpus.bytes("jvm/" + name + ".gz");
  }

  static Dump corpus(String name) {
    return only(bytes(name));
  }

  static Dump text(String text) {
    return only(text.getBytes(StandardCharsets.UTF_8));
  }

  static Dump only(byte[] bytes) {
    try {
      List<Dump> dumps = DumpReader.readAll(new ByteArrayInputStream(bytes));
      assertThat(dumps).hasSize(1);
      return dumps.getFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<DumpThread> rows(Dump dump) {
    List<DumpThread> rows = new ArrayList<>();
    dump.forEach(rows::add);
    return rows;
  }

  static DumpThread named(Dump dump, String name) {
    List<DumpThread> found = rows(dump).stream().filter(t -> t.name().equals(name)).toList();
    assertThat(found).as(name).hasSize(1);
    return found.getFirst();
  }

  static List<DumpThread> in(Dump dump, String function) {
    return rows(dump).stream()
        .filter(t -> t.stack().frames().stream().anyMatch(f -> f.function().equals(function)))
        .toList();
  }
}
