package dev.groundhog.pouch.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who reads what is printed, beside the log that takes it over.
class OutputCursorTest {
  private static final int MOST_KEPT_BYTES = 4 << 20;

  @TempDir Path folder;
  private final Logs logs = new Logs(MOST_KEPT_BYTES);
  private ContainerLog log;

  @BeforeEach
  void open() throws Exception {
    log = logs.open(folder, LogOptions.defaults());
    log.collect();
  }

  @AfterEach
  void close() {
    logs.close();
  }

  private void print(LogStream stream, byte[] bytes) throws IOException {
    Files.write(
        folder.resolve(stream.rawName()),
        bytes,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  private static byte[] lines(int bytes) {
    byte[] text = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      text[i] = (byte) (i % 64 == 63 ? '\n' : 'a' + i / 64 % 26);
    }
    return text;
  }

  @Test
  void theEndOfALineIsNotWaitedFor() throws Exception {
    try (OutputCursor output = log.output(EnumSet.allOf(LogStream.class))) {
      print(LogStream.STDERR, new byte[] {'a'});
      ByteBuffer read = ByteBuffer.allocate(10);
      assertThat(output.read(read)).contains(LogStream.STDERR);
      assertThat(read.position()).isEqualTo(1);
    }
  }

  @Test
  void whatIsReadLaterIsNotGivenBackToTheDiskBefore() throws Exception {
    byte[] text = lines(3 << 20);
    try (OutputCursor output = log.output(EnumSet.of(LogStream.STDOUT))) {
      print(LogStream.STDOUT, text);
      log.finish();
      ByteBuffer read = ByteBuffer.allocate(text.length + 1);
      Optional<LogStream> next = output.read(read);
      while (next.isPresent()) {
        next = output.read(read);
      }
      assertThat(java.util.Arrays.copyOf(read.array(), read.position())).isEqualTo(text);
    }
  }

  @Test
  void oneThatIsTooSlowIsToldSoAndNeverReadsZeros() throws Exception {
    try (OutputCursor output = log.output(EnumSet.of(LogStream.STDOUT))) {
      print(LogStream.STDOUT, lines(MOST_KEPT_BYTES + (2 << 20)));
      log.finish();
      assertThatExceptionOfType(LogLagException.class)
          .isThrownBy(() -> output.read(ByteBuffer.allocate(10)))
          .withMessageContaining("too slow");
    }
  }

  @Test
  void theEndIsWaitedForUntilItHasBeenRead() throws Exception {
    OutputCursor output = log.output(EnumSet.of(LogStream.STDOUT));
    log.finish();
    assertThat(log.awaitReaders(java.time.Duration.ofMillis(10))).isFalse();
    assertThat(output.read(ByteBuffer.allocate(10))).isEmpty();
    output.close();
    assertThat(log.awaitReaders(java.time.Duration.ofSeconds(60))).isTrue();
  }
}
