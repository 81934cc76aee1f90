package dev.groundhog.agent.internal.births;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The log does what a map does.
class BirthLogTest {
  private record Entry(long creator, long nanos, int site, int tag) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void itKeepsWhatWasAddedAndNotRemoved(long seed) {
    Random random = new Random(seed);
    BirthLog log = new BirthLog();
    Map<Long, Entry> expected = new HashMap<>();
    for (int step = 0; step < 40_000; step++) {
      long id = 1 + random.nextInt(step < 20_000 ? 5_000 : 500);
      if (expected.containsKey(id)) {
        assertThat(log.remove(id)).hasValue(expected.remove(id).site);
      } else {
        Entry entry = entry(random);
        assertThat(log.remove(id)).isEmpty();
        assertThat(log.add(id, entry.creator, entry.nanos, entry.site, entry.tag)).isTrue();
        expected.put(id, entry);
      }
    }
    assertThat(all(log)).isEqualTo(expected);
    expected.forEach((id, entry) -> {
      assertThat(log.tag(id)).isEqualTo(entry.tag);
      assertThat(
              log.find(id, (_, creator, _, _, _) -> assertThat(creator).isEqualTo(entry.creator)))
          .isTrue();
    });
  }

  private static Entry entry(Random random) {
    return new Entry(
        random.nextLong(1, Long.MAX_VALUE),
        random.nextLong(),
        random.nextInt(CreationSites.MAX_SITES + 1),
        random.nextInt(Integer.MAX_VALUE));
  }

  private static Map<Long, Entry> all(BirthLog log) {
    Map<Long, Entry> found = new HashMap<>();
    log.each((id, creator, nanos, site, tag) ->
        assertThat(found.put(id, new Entry(creator, nanos, site, tag))).isNull());
    return found;
  }

  @Test
  void manyThreadsMayAddAndRemoveAtOnce() throws InterruptedException {
    BirthLog log = new BirthLog();
    AtomicLong ids = new AtomicLong();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(Thread.ofPlatform().start(() -> addAndRemove(log, ids)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(all(log)).hasSize((int) ids.get() / 4);
  }

  /// Leaves one of four.
  private static void addAndRemove(BirthLog log, AtomicLong ids) {
    for (int i = 0; i < 20_000; i++) {
      long id = ids.incrementAndGet();
      log.add(id, 7, id, (int) (id % 100), 0);
      if (id % 4 != 0) {
        assertThat(log.remove(id)).hasValue((int) (id % 100));
      }
    }
  }

  @Test
  void ofMoreThanItHoldsItRefusesTheRest() {
    BirthLog log = new BirthLog();
    long refused = 0;
    long id = 0;
    while (refused == 0 && id < 20_000_000) {
      id++;
      refused += log.add(id, 1, 1, 0, 0) ? 0 : 1;
    }
    assertThat(refused).isEqualTo(1);
    assertThat(id).isGreaterThan(5_000_000);
    assertThat(log.remove(id)).isEmpty();
    assertThat(log.remove(1)).isPresent();
  }
}
