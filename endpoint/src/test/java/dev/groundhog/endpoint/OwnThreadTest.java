package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OwnThreadTest {
  private record Begun(Thread thread, WeakReference<Object> had) {}

  @Test
  void letsGoOfWhatItHasDone() throws InterruptedException {
    Begun begun = begin(new ArrayList<>());
    try {
      begun.thread.join();
      for (int i = 0; i < 100 && !begun.had.refersTo(null); i++) {
        System.gc();
        Thread.sleep(10);
      }
      assertThat(begun.had.refersTo(null)).isTrue();
    } finally {
      Reference.reachabilityFence(begun.thread);
    }
  }

  private static Begun begin(List<Object> had) {
    Thread thread = OwnThread.daemon("groundhog-test", had::clear);
    thread.start();
    return new Begun(thread, new WeakReference<>(had));
  }
}
