package dev.groundhog.pouch.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.pouch.internal.log.LogStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LogFramesTest {
  /// What was sent, and in how many pieces.
  private static final class Sent extends ByteArrayOutputStream {
    int writes;

    @Override
    public synchronized void write(byte[] bytes, int from, int length) {
      writes++;
      super.write(bytes, from, length);
    }
  }

  private final Sent sent = new Sent();

  private static byte[] payload(int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void framesOfEachSizeAreReadBackInOrder() throws IOException {
    List<Integer> sizes =
        List.of(0, 1, 255, 256, 503, 504, 505, 16_384, 32_759, 32_760, 32_761, 100_000, 3, 70_000);
    try (LogFrames frames = new LogFrames(sent, false)) {
      for (int i = 0; i < sizes.size(); i++) {
        frames.write(i % 3 == 0 ? LogStream.STDERR : LogStream.STDOUT, payload(sizes.get(i)));
        if (i % 5 == 0) {
          frames.flush();
        }
      }
    }
    DataInputStream in = new DataInputStream(new java.io.ByteArrayInputStream(sent.toByteArray()));
    for (int i = 0; i < sizes.size(); i++) {
      assertThat(in.readByte()).isEqualTo((byte) (i % 3 == 0 ? 2 : 1));
      assertThat(in.readNBytes(3)).containsOnly(0);
      assertThat(in.readInt()).isEqualTo(sizes.get(i));
      assertThat(in.readNBytes(sizes.get(i))).isEqualTo(payload(sizes.get(i)));
    }
    assertThat(in.read()).isEqualTo(-1);
  }

  @Test
  void manyAreSentTogether() throws IOException {
    LogFrames frames = new LogFrames(sent, false);
    byte[] line = payload(100);
    for (int i = 0; i < 10_000; i++) {
      frames.write(LogStream.STDOUT, line);
    }
    frames.flush();
    assertThat(sent.size()).isEqualTo(10_000 * 108);
    assertThat(sent.writes).isLessThanOrEqualTo(10_000 * 108 / 32_000 + 1);
  }

  @Test
  void nothingIsSentBeforeItIsFlushed() throws IOException {
    LogFrames frames = new LogFrames(sent, false);
    frames.write(LogStream.STDOUT, payload(10));
    assertThat(sent.size()).isZero();
    frames.flush();
    assertThat(sent.size()).isEqualTo(18);
  }
}
