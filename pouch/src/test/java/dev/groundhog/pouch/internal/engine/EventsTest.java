package dev.groundhog.pouch.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EventsTest {
  private final Events events = new Events();

  private void publish(int from, int to) {
    for (int i = from; i < to; i++) {
      events.publish("container", "rename", Integer.toString(i), Map.of());
    }
  }

  private static List<Integer> read(Events.Follower follower) throws InterruptedException {
    List<Integer> ids = new ArrayList<>();
    for (Optional<Event> event = follower.next(); event.isPresent(); event = follower.next()) {
      ids.add(Integer.parseInt(event.get().id()));
    }
    return ids;
  }

  private static List<Integer> numbers(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  @Test
  void oneWhoFollowsIsToldOfAllThatHappensFromThenOn() throws Exception {
    publish(0, 3);
    Events.Follower follower = events.follow(Optional.empty(), Optional.empty());
    publish(3, 1_000);
    for (int i = 3; i < 1_000; i++) {
      assertThat(follower.next().orElseThrow().id()).isEqualTo(Integer.toString(i));
    }
    Thread waiting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                assertThat(follower.next().orElseThrow().id()).isEqualTo("1000");
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    publish(1_000, 1_001);
    waiting.join();
    assertThat(waiting.isAlive()).isFalse();
  }

  @Test
  void whatIsRememberedIsToldOnceWithWhatFollows() throws Exception {
    publish(0, 1_000);
    Events.Follower follower =
        events.follow(Optional.of(Instant.EPOCH), Optional.of(Instant.now().plusMillis(200)));
    publish(1_000, 1_010);
    assertThat(read(follower)).isEqualTo(numbers(1_000 - 256, 1_010));
  }

  @Test
  void whatHappensFromTheEndOnIsNotTold() throws Exception {
    publish(0, 3);
    Instant end = Instant.now().plusMillis(1);
    Thread.sleep(5);
    publish(3, 5);
    assertThat(read(events.follow(Optional.of(Instant.EPOCH), Optional.of(end))))
        .isEqualTo(numbers(0, 3));
  }

  @Test
  void oneWhoIsTooSlowGoesOnWithTheOldestThatIsKept() throws Exception {
    Events.Follower follower =
        events.follow(Optional.empty(), Optional.of(Instant.now().plusSeconds(2)));
    int published = 3 * Events.KEPT + 7;
    publish(0, published);
    assertThat(read(follower)).isEqualTo(numbers(published - Events.KEPT, published));
  }

  @Test
  void fewerAreKeptOfContainersWithLongLabels() throws Exception {
    Events.Follower follower =
        events.follow(Optional.empty(), Optional.of(Instant.now().plusSeconds(2)));
    Map<String, String> labels =
        Map.of("a", "b".repeat((1 << 20) - "a".length() - "rename".length()));
    for (int i = 0; i < 50; i++) {
      events.publish("container", "rename", Integer.toString(i), labels);
    }
    int kept = Math.toIntExact(Events.KEPT_CHARACTERS >> 20);
    assertThat(read(follower)).isEqualTo(numbers(50 - kept, 50));
  }

  @Test
  void fewerAreKeptThatTellOfLongCommands() throws Exception {
    Events.Follower follower =
        events.follow(Optional.empty(), Optional.of(Instant.now().plusSeconds(2)));
    for (int i = 0; i < 50; i++) {
      String action = "exec_create: " + "b".repeat(1 << 20);
      events.publish("container", action, Integer.toString(i), Map.of());
    }
    int kept = Math.toIntExact(Events.KEPT_CHARACTERS >> 20);
    assertThat(read(follower)).hasSizeLessThanOrEqualTo(kept).contains(49);
  }

  @Test
  void theLastIsKeptHoweverLongItsLabelsAre() throws Exception {
    Events.Follower follower =
        events.follow(Optional.empty(), Optional.of(Instant.now().plusSeconds(2)));
    publish(0, 3);
    events.publish("container", "rename", "3", Map.of("a", "b".repeat(32 << 20)));
    assertThat(read(follower)).containsExactly(3);
    publish(4, 6);
    assertThat(
            read(
                events.follow(
                    Optional.of(Instant.EPOCH), Optional.of(Instant.now().plusMillis(200)))))
        .containsExactly(4, 5);
  }
}
