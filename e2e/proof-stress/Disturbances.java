import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/// Counts the collections of this JVM that nobody has asked for.
final class Disturbances {
  private static final int PATIENCE_MILLIS = 10_000;

  /// Those that stop the program: of a concurrent one the parts that do are counted as such.
  private final List<GarbageCollectorMXBean> beans =
      ManagementFactory.getGarbageCollectorMXBeans().stream()
          .filter(bean -> !bean.getName().contains("Concurrent"))
          .toList();

  private final long before;
  private final AtomicLong told = new AtomicLong();
  private final AtomicLong unasked = new AtomicLong();

  Disturbances() {
    beans.forEach(
        bean ->
            ((NotificationEmitter) bean)
                .addNotificationListener((notification, _) -> take(notification), null, null));
    before = collections();
  }

  private void take(Notification notification) {
    var info = GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData());
    if (!info.getGcCause().equals("System.gc()")) {
      unasked.incrementAndGet();
    }
    told.incrementAndGet();
  }

  private long collections() {
    return beans.stream().mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
  }

  /// How many there were until now. They are told of a bit later.
  long count() throws InterruptedException {
    long all = collections() - before;
    for (int i = 0; i < PATIENCE_MILLIS && told.get() < all; i++) {
      Thread.sleep(1);
    }
    if (told.get() < all) {
      throw new IllegalStateException("a collection was not told of");
    }
    return unasked.get();
  }
}
