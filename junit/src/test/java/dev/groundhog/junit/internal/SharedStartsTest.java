package dev.groundhog.junit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// A test runs from 100 to 200; the worker of the common pool is 50.
class SharedStartsTest {
  private static final long WORKER = 50;

  /// The threads that are alive, each with who started it.
  private final Map<Long, Long> creators = new TreeMap<>(Map.of(WORKER, 1L));

  private void alive(long id, long creator) {
    creators.put(id, creator);
  }

  private Set<Long> ofTheTest(long... shared) {
    Dump.Collector all = new Dump.Collector();
    creators.forEach((id, creator) ->
        all.thread(
            DumpThread.of(ThreadKind.PLATFORM, CallStack.EMPTY).id(id).creatorId(creator).build()));
    all.end();
    return new SharedStarts(shared).of(id -> id > 100 && id < 200, all.dumps().getFirst());
  }

  @Test
  void whatTheWorkerStartedInTheTestIsTheTestsAtAnyDepth() {
    alive(110, WORKER);
    alive(111, 110);
    alive(112, 111);
    assertThat(ofTheTest(110, 111, 112)).containsExactlyInAnyOrder(110L, 111L, 112L);
  }

  @Test
  void whatComesFromAThreadThatIsOlderThanTheTestIsNot() {
    alive(90, WORKER);
    alive(110, 90);
    alive(111, 110);
    assertThat(ofTheTest(90, 110, 111)).isEmpty();
  }

  @Test
  void whereSomebodyBetweenHasEndedItIsNotKnown() {
    alive(111, 110);
    alive(112, 111);
    assertThat(ofTheTest(111, 112)).isEmpty();
    alive(120, 60);
    assertThat(ofTheTest(111, 112, 120)).as("nor if that was the worker").isEmpty();
  }

  @Test
  void whatWasStartedWhenTheTestHadEndedIsNot() {
    alive(210, WORKER);
    assertThat(ofTheTest(210)).isEmpty();
  }
}
