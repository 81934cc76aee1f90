package dev.groundhog.agent.internal.births;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.endpoint.BirthCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordingTest {
  private static Thread virtual() {
    return Thread.ofVirtual().unstarted(() -> {});
  }

  private static Recording recording(boolean all) {
    Recording recording = new Recording(all);
    recording.begun();
    return recording;
  }

  @Test
  void whoStartedAThreadIsKnownUntilItEnds() {
    Recording recording = recording(true);
    Thread thread = virtual();
    recording.started(thread);
    var birth = recording.of(thread);
    assertThat(birth.record()).isEqualTo(BirthRecord.RECORDED);
    assertThat(birth.creatorId()).hasValue(Thread.currentThread().threadId());
    assertThat(birth.createdBy().frames().getFirst().function())
        .endsWith("RecordingTest.whoStartedAThreadIsKnownUntilItEnds");
    assertThat(birth.age()).hasValueSatisfying(age -> assertThat(age).isPositive());
    recording.ended(thread);
    assertThat(recording.birth(thread.threadId())).isEmpty();
  }

  @Test
  void aThreadFromBeforeIsMarkedAndItsEndIsNotCounted() {
    Thread before = virtual();
    Recording recording = recording(false);
    assertThat(recording.of(before).record()).isEqualTo(BirthRecord.BEFORE_RECORDING);
    recording.ended(before);
    assertThat(recording.counts().virtualThreads().ended()).isZero();
  }

  @Test
  void oneMadeBeforeAndStartedLaterIsRecorded() {
    Thread before = virtual();
    Recording recording = recording(false);
    recording.started(before);
    assertThat(recording.of(before).record()).isEqualTo(BirthRecord.RECORDED);
    recording.ended(before);
    assertThat(recording.counts().virtualThreads()).isEqualTo(new BirthCounts.Total(1, 1));
  }

  @Test
  void aPlatformThreadThatWasNeverStartedHereDoesNotEndEither() {
    Recording recording = recording(false);
    recording.ended(Thread.ofPlatform().unstarted(() -> {}));
    assertThat(recording.counts().platformThreads()).isEqualTo(new BirthCounts.Total(0, 0));
  }

  @Test
  void aSampleCountsAllAndEstimatesTheirSites() {
    Recording recording = recording(false);
    int count = 100_000;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Thread thread = virtual();
      recording.started(thread);
      if (i % 2 == 0) {
        recording.ended(thread);
      } else {
        threads.add(thread);
      }
    }
    BirthCounts counts = recording.counts();
    assertThat(counts.virtualThreads()).isEqualTo(new BirthCounts.Total(count, count / 2));
    BirthCounts.Site site = counts.sites().getFirst();
    assertThat(site.started().recorded()).isLessThan(count / 32);
    assertThat(site.started().estimate())
        .isBetween(count - 2 * site.started().error(), count + 2 * site.started().error());
    assertThat(site.alive().estimate())
        .isBetween(count / 2 - 2 * site.alive().error(), count / 2 + 2 * site.alive().error());
    long notSampled =
        threads.stream()
            .filter(thread -> recording.of(thread).record() == BirthRecord.NOT_SAMPLED)
            .count();
    assertThat(notSampled).isEqualTo(threads.size() - site.alive().recorded());
  }

  @Test
  void thePeakStaysWhenThreadsHaveEnded() {
    Recording recording = recording(true);
    List<Thread> threads = List.of(virtual(), virtual(), virtual());
    threads.forEach(recording::started);
    threads.forEach(recording::ended);
    BirthCounts.Site site = recording.counts().sites().getFirst();
    assertThat(site.peak().estimate()).isEqualTo(3);
    assertThat(site.alive().estimate()).isZero();
    assertThat(site.started().error()).isZero();
  }

  @Test
  void aTagGoesOnToAnyDepthAlsoWhenThoseBetweenHaveEnded() throws InterruptedException {
    Recording recording = recording(true);
    recording.tag(Thread.currentThread().threadId(), 5);
    Thread grandchild = virtual();
    Thread child = Thread.ofVirtual().unstarted(() -> recording.started(grandchild));
    recording.started(child);
    recording.tag(Thread.currentThread().threadId(), 0);
    child.start();
    child.join();
    recording.ended(child);
    Thread later = virtual();
    recording.started(later);
    assertThat(recording.tagged(5)).containsExactly(grandchild.threadId());
    assertThat(recording.tagged(0)).contains(later.threadId());
  }

  @Test
  void onlyVirtualThreadsThatAreOldEnoughAreUnended() {
    Recording recording = recording(true);
    Thread thread = virtual();
    recording.started(thread);
    recording.started(Thread.ofPlatform().unstarted(() -> {}));
    assertThat(recording.unended(Duration.ZERO)).containsExactly(thread.threadId());
    assertThat(recording.unended(Duration.ofHours(1))).isEmpty();
  }
}
