package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class HistoryTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final History<String> history = new History<>(3, 2);

  private void add(int second, Map<String, Long> counts) {
    history.add(second * SECOND.toNanos(), counts);
  }

  private static History.Point point(int secondsAgo, long count) {
    return new History.Point(SECOND.multipliedBy(secondsAgo), count);
  }

  @Test
  void onlyChangesAreTold() {
    add(1, Map.of("a", 3L));
    add(2, Map.of("a", 3L));
    add(3, Map.of());
    assertThat(history.of("a", 4 * SECOND.toNanos())).containsExactly(point(3, 3), point(1, 0));
    assertThat(history.of("new", 4 * SECOND.toNanos())).containsExactly(point(3, 0));
  }

  @Test
  void theOldestLookIsForgotten() {
    for (int second = 1; second <= 5; second++) {
      add(second, Map.of("a", (long) second));
    }
    assertThat(history.of("a", 5 * SECOND.toNanos()))
        .containsExactly(point(2, 3), point(1, 4), point(0, 5));
  }

  @Test
  void ofALookThatLeftSomeOutNothingIsSaidOfThem() {
    add(1, Map.of("a", 9L, "b", 8L, "c", 1L));
    add(2, Map.of("c", 2L));
    assertThat(history.of("c", 2 * SECOND.toNanos())).containsExactly(point(0, 2));
    assertThat(history.of("a", 2 * SECOND.toNanos())).containsExactly(point(1, 9), point(0, 0));
  }

  @Test
  void growthIsFromTheFirstLookThatTellsToTheLast() {
    assertThat(history.growthPerMinute(List.of("a"))).isEmpty();
    add(0, Map.of("a", 2L));
    assertThat(history.growthPerMinute(List.of("a"))).isEmpty();
    add(10, Map.of("a", 9L));
    add(30, Map.of("a", 5L, "b", 1L));
    assertThat(history.growthPerMinute(List.of("a"))).hasValue(6);
    assertThat(history.growthPerMinute(List.of("a", "b"))).hasValue(8);
    add(40, Map.of());
    assertThat(history.growthPerMinute(List.of("a"))).hasValue(-18);
  }

  @Test
  void aLookThatLeftAGroupOutSaysNothingOfItsGrowth() {
    add(0, Map.of("a", 9L, "b", 8L, "c", 1L));
    add(10, Map.of("c", 2L));
    add(20, Map.of("c", 4L));
    assertThat(history.growthPerMinute(List.of("c"))).hasValue(12);
    assertThat(history.counts(List.of("c")))
        .containsExactly(OptionalLong.empty(), OptionalLong.of(2), OptionalLong.of(4));
  }
}
