package dev.groundhog.dump.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BytesTest {
  @Test
  void aByteIsFoundWhereACharacterOfAStringIs() {
    Random random = new Random(9);
    byte[] alphabet = {'a', '\n', 0, -1, (byte) 0x80, '\n' + 1, '\n' - 1, 0x7f};
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(40)];
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = alphabet[random.nextInt(alphabet.length)];
        text.append((char) (bytes[i] & 0xff));
      }
      byte wanted = alphabet[random.nextInt(alphabet.length)];
      char character = (char) (wanted & 0xff);
      int from = bytes.length == 0 ? 0 : random.nextInt(bytes.length);
      int to = from + random.nextInt(bytes.length - from + 1);
      String range = text.substring(from, to);
      int first = range.indexOf(character);
      int last = range.lastIndexOf(character);
      assertThat(Bytes.indexOf(wanted, bytes, from, to)).isEqualTo(first < 0 ? -1 : from + first);
      assertThat(Bytes.lastIndexOf(wanted, bytes, from, to)).isEqualTo(last < 0 ? -1 : from + last);
    }
  }

  @Test
  void theHashIsOfTheBytesAndNotOfTheirPlace() {
    byte[] bytes = "main.f main.f main.g".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(Bytes.hash(1, bytes, 0, 6)).isEqualTo(Bytes.hash(1, bytes, 7, 13));
    assertThat(Bytes.hash(1, bytes, 0, 6)).isNotEqualTo(Bytes.hash(2, bytes, 0, 6));
    assertThat(Bytes.hash(1, bytes, 0, 6)).isNotEqualTo(Bytes.hash(1, bytes, 14, 20));
  }
}
