package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeakCheckTest {
  @AfterEach
  void closeWhatIsLeft() throws Exception {
    Left.close();
  }

  @LeakCheck(within = "100ms")
  static class QueueTest {
    @Test
    void take() {
      Left.virtual(QueueTest::await);
    }

    @Test
    void repaired() throws InterruptedException {
      Thread thread = Left.virtual(QueueTest::await);
      thread.interrupt();
      thread.join();
    }

    static void await() {
      try {
        new LinkedBlockingQueue<>().take();
      } catch (InterruptedException _) {
        // it ends
      }
    }
  }

  @Test
  void aTestThatLeavesAVirtualThreadFailsAndItsRepairedTwinPasses() {
    Run run = Run.of(QueueTest.class);
    assertThat(run.failures())
        .containsOnlyKeys("take()")
        .containsValue("leak: 1 virtual thread of LeakCheckTest.QueueTest.take()");
  }
}
