package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.Corpus;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpThread;
import java.io.ByteArrayInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Dumps of the corpus and from text.
final class Dumps {
  private Dumps() {}

  /// The only dump in a corpus file.
  static Dump corpus(String name) {
    return only(bytes(name));
  }

  /// The only dump in a corpus file of the JVM.
  static Dump jvmCorpus(String name) {
    return only(Corpus.bytes("jvm/" + name));
  }

  /// What is in a file of the corpus, unpacked.
  static byte[] bytes(String name) {
    return Corpus.bytes("go/" + name);
  }

  static Dump text(String... lines) {
    return only((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static Dump only(byte[] bytes) {
    List<Dump> dumps = all(bytes);
    if (dumps.size() != 1) {
      throw new AssertionError(dumps.size() + " dumps");
    }
    return dumps.getFirst();
  }

  static List<Dump> all(byte[] bytes) {
    try {
      return DumpReader.readAll(new ByteArrayInputStream(bytes));
    } catch (DumpException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<DumpThread> rows(Dump dump) {
    List<DumpThread> rows = new ArrayList<>();
    dump.forEach(rows::add);
    return rows;
  }

  static DumpThread row(Dump dump) {
    if (dump.rows() != 1) {
      throw new AssertionError(dump.rows() + " rows");
    }
    return dump.row(0);
  }
}
