package dev.groundhog.pouch.internal.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.groundhog.pouch.PouchException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DemultiplexerTest {
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

  private static byte[] frame(int stream, byte[] payload) {
    return ByteBuffer.allocate(8 + payload.length)
        .put((byte) stream)
        .putInt(4, payload.length)
        .position(8)
        .put(payload)
        .array();
  }

  private static byte[] frame(int stream, String payload) {
    return frame(stream, payload.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] all(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private void copy(InputStream in) throws IOException {
    new Demultiplexer(in, stdout, stderr).copy();
  }

  @Test
  void eachStreamGetsItsOwnHoweverTheBytesArrive() throws IOException {
    byte[] large = new byte[300_000];
    new Random(7).nextBytes(large);
    byte[] bytes = all(frame(1, "a\n"), frame(2, "b\n"), frame(1, large), frame(1, ""));
    Random sizes = new Random(11);
    copy(
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] to, int offset, int length) {
            return super.read(to, offset, Math.min(length, 1 + sizes.nextInt(40)));
          }
        });
    assertThat(stdout.toByteArray()).isEqualTo(all("a\n".getBytes(StandardCharsets.UTF_8), large));
    assertThat(stderr.toString(StandardCharsets.UTF_8)).isEqualTo("b\n");
  }

  @Test
  void nothingIsAnEnd() throws IOException {
    copy(InputStream.nullInputStream());
    assertThat(stdout.size() + stderr.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 9, 12})
  void anEndWithinAFrameIsTold(int length) {
    byte[] cut = java.util.Arrays.copyOf(frame(1, "hello"), length);
    assertThatExceptionOfType(PouchException.class)
        .isThrownBy(() -> copy(new ByteArrayInputStream(cut)))
        .withMessageContaining("ended within");
  }

  @Test
  void whatIsMadeOfNoFramesIsTold() {
    assertThatExceptionOfType(PouchException.class)
        .isThrownBy(() ->
            copy(
                new ByteArrayInputStream("plain text, no frames".getBytes(StandardCharsets.UTF_8))))
        .withMessageContaining("frames");
    assertThatExceptionOfType(PouchException.class)
        .isThrownBy(() -> copy(new ByteArrayInputStream(frame(9, "x"))))
        .withMessageContaining("names the stream 9");
  }

  @Test
  void anErrorOfTheDaemonsIsNoOutput() {
    byte[] bytes = all(frame(1, "a"), frame(3, "the disk is gone\n"), frame(1, "b"));
    assertThatExceptionOfType(PouchException.class)
        .isThrownBy(() -> copy(new ByteArrayInputStream(bytes)))
        .withMessage("the daemon reports: the disk is gone");
    assertThat(stdout.toString(StandardCharsets.UTF_8)).isEqualTo("a");
    assertThat(stderr.size()).isZero();
  }
}
