package dev.groundhog.agent.internal.births;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.agent.internal.births.BirthLog.Found;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The log does what a map does.
class BirthLogTest {
  private record Entry(long creator, long nanos, int site, int tag) {}

  private static final BirthLog.Taker NONE = (_, _, _, _, _) -> {};

  private final Queue<Integer> ended = new ConcurrentLinkedQueue<>();
  private final Queue<Long> endedUnknown = new ConcurrentLinkedQueue<>();
  private final BirthLog log =
      new BirthLog(
          new BirthLog.Ends() {
            @Override
            public void ended(long id, int site) {
              ended.add(site);
            }

            @Override
            public void endedUnknown(long id) {
              endedUnknown.add(id);
            }
          });

  /// Whether `id` was known, with this site.
  private boolean remove(long id, int site) {
    return log.remove(id) == Found.KNOWN && ended.remove() == site;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void itKeepsWhatWasAddedAndNotRemoved(long seed) {
    Random random = new Random(seed);
    Map<Long, Entry> expected = new HashMap<>();
    for (int step = 0; step < 40_000; step++) {
      long id = 1 + random.nextInt(step < 20_000 ? 5_000 : 500);
      if (expected.containsKey(id)) {
        assertThat(remove(id, expected.remove(id).site)).isTrue();
      } else {
        Entry entry = entry(random);
        assertThat(log.remove(id)).isEqualTo(Found.UNKNOWN);
        assertThat(log.add(id, entry.creator, entry.nanos, entry.site, entry.tag)).isTrue();
        expected.put(id, entry);
      }
    }
    assertThat(all()).isEqualTo(expected);
    expected.forEach((id, entry) -> {
      assertThat(
              log.find(
                  id,
                  (_, creator, nanos, site, tag) ->
                      assertThat(new Entry(creator, nanos, site, tag)).isEqualTo(entry)))
          .isEqualTo(Found.KNOWN);
    });
  }

  private static Entry entry(Random random) {
    return new Entry(
        random.nextLong(1, Long.MAX_VALUE),
        random.nextLong(),
        random.nextInt(CreationSites.MAX_SITES + 1),
        random.nextInt(Integer.MAX_VALUE));
  }

  private Map<Long, Entry> all() {
    Map<Long, Entry> found = new HashMap<>();
    log.each((id, creator, nanos, site, tag) ->
        assertThat(found.put(id, new Entry(creator, nanos, site, tag))).isNull());
    return found;
  }

  @Test
  void manyThreadsMayAddAndRemoveAtOnce() throws InterruptedException {
    AtomicLong ids = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(Thread.ofPlatform().start(() -> addAndRemove(ids)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(all()).hasSize((int) ids.get() / 4);
    assertThat(ended).hasSize((int) ids.get() / 4 * 3);
  }

  /// Leaves one of four.
  private void addAndRemove(AtomicLong ids) {
    for (int i = 0; i < 20_000; i++) {
      long id = ids.incrementAndGet();
      while (!log.add(id, 7, id, (int) (id % 100), 0)) {
        Thread.onSpinWait(); // whoever has the lock is off the CPU
      }
      if (id % 4 != 0) {
        assertThat(log.remove(id)).isNotEqualTo(Found.UNKNOWN);
      }
    }
  }

  @Test
  void ofMoreThanItHoldsItRefusesTheRest() {
    long refused = 0;
    long id = 0;
    while (refused == 0 && id < 20_000_000) {
      id++;
      refused += log.add(id, 1, 1, 0, 0) ? 0 : 1;
    }
    assertThat(refused).isEqualTo(1);
    assertThat(id).isGreaterThan(5_000_000);
    assertThat(log.remove(id)).isEqualTo(Found.UNKNOWN);
    assertThat(log.remove(1)).isEqualTo(Found.KNOWN);
  }

  /// A holder of the lock that is off the CPU for good.
  @Test
  void whoCannotHaveTheLockGivesUpAndItsEndIsTakenUpLater() throws Exception {
    log.add(1, 7, 1, 3, 0);
    log.add(2, 7, 1, 4, 0);
    lock(true);
    long began = System.nanoTime();
    assertThat(log.add(3, 7, 1, 5, 0)).isFalse();
    assertThat(log.remove(1)).isEqualTo(Found.BUSY);
    assertThat(log.remove(4)).isEqualTo(Found.BUSY);
    assertThat(log.find(2, NONE)).isEqualTo(Found.BUSY);
    assertThat(log.take(2)).isEqualTo(Found.BUSY);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
    assertThat(ended).isEmpty();
    lock(false);
    assertThat(all()).containsOnlyKeys(2L);
    assertThat(ended).containsExactly(3);
    assertThat(endedUnknown).containsExactly(4L);
  }

  private void lock(boolean locked) throws ReflectiveOperationException {
    Field stripes = BirthLog.class.getDeclaredField("stripes");
    stripes.setAccessible(true);
    for (Object stripe : (Object[]) stripes.get(log)) {
      Field lock = stripe.getClass().getDeclaredField("locked");
      lock.setAccessible(true);
      lock.set(stripe, locked);
    }
  }

  @Test
  void oneThatIsTakenHasNotEnded() {
    log.add(1, 7, 1, 3, 5);
    assertThat(log.take(1)).isEqualTo(Found.KNOWN);
    assertThat(log.take(1)).isEqualTo(Found.UNKNOWN);
    assertThat(all()).isEmpty();
    assertThat(ended).isEmpty();
  }
}
