import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Values that only soft references hold, and that are in use all the time. The JVM clears such as
/// have not been used for a second for each free MiB of the heap; none of these.
final class Cache {
  private static final int MANY = 1000;

  private final List<SoftReference<Object>> values = new ArrayList<>();

  Cache() {
    for (int i = 0; i < MANY; i++) {
      values.add(new SoftReference<>(new Object()));
    }
  }

  void once(Random random) throws InterruptedException {
    for (SoftReference<Object> value : values) {
      if (value.get() == null) {
        Tally.wrong("a soft reference that is in use was cleared");
        return;
      }
    }
    Thread.sleep(random.nextInt(2));
  }
}
