package dev.groundhog.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ChannelWithoutSenderTest {
  @Test
  void itCountsOneMoreThanAProgramWithoutAGroundhogAndStaysThere() throws Exception {
    try (Jvm none = Jvm.start(NoGroundhog.class);
        Jvm channel = Jvm.start(ChannelWithoutSender.class, "--every", "100ms")) {
      long alone = Long.parseLong(none.line());
      assertThat(alone).isEqualTo(1);
      for (int i = 0; i < 5; i++) {
        assertThat(channel.line()).isEqualTo("thread number: " + (alone + 1));
      }
      assertThat(channel.stacks()).contains("ChannelWithoutSender.receive(");
    }
  }

  @Test
  void aDurationThatIsNoneIsSaid() throws Exception {
    try (Jvm channel = Jvm.start(ChannelWithoutSender.class, "--every", "soon")) {
      assertThat(channel.process().waitFor()).isNotZero();
      assertThat(channel.errors()).contains("soon is not a duration such as 500ms");
    }
  }

  /// What is counted where nobody has leaked.
  static final class NoGroundhog {
    public static void main(String[] args) throws Exception {
      System.out.println(ThreadCount.now());
    }
  }
}
