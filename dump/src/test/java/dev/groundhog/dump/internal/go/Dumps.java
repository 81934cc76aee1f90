package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpThread;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/// Dumps of the corpus and from text.
final class Dumps {
  private Dumps() {}

  /// The only dump in a corpus file.
  static Dump corpus(String name) {
    return only(bytes(name));
  }

  /// The only dump in a corpus file of the JVM.
  static Dump jvmCorpus(String name) {
    return only(content("/corpus/jvm/" + name));
  }

  /// A corpus file as it is, packed ones unpacked, except profiles.
  static byte[] bytes(String name) {
    return content("/corpus/go/" + name);
  }

  private static byte[] content(String name) {
    try (InputStream file = Objects.requireNonNull(Dumps.class.getResourceAsStream(name), name);
        InputStream content = name.endsWith(".txt.gz") ? new GZIPInputStream(file) : file) {
      return content.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
