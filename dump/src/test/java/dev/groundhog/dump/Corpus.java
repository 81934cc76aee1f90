package dev.groundhog.dump;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/// The files of the corpus, by their path in it.
public final class Corpus {
  private Corpus() {}

  /// A file as it is.
  public static byte[] raw(String file) {
    try (InputStream input =
        Objects.requireNonNull(Corpus.class.getResourceAsStream("/corpus/" + file), file)) {
      return input.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  /// What is in a file, unpacked if it is packed.
  public static byte[] bytes(String file) {
    byte[] raw = raw(file);
    if (!file.endsWith(".gz")) {
      return raw;
    }
    try (InputStream content = new GZIPInputStream(new ByteArrayInputStream(raw))) {
      return content.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  public static String text(String file) {
    return new String(bytes(file), StandardCharsets.UTF_8);
  }
}
