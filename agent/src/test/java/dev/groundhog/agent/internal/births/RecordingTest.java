package dev.groundhog.agent.internal.births;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.endpoint.BirthCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecordingTest {
  private static Thread virtual() {
    return Thread.ofVirtual().unstarted(() -> {});
  }

  private final Tags tags = new Tags();

  private Recording recording(boolean all) {
    Recording recording = new Recording(all, tags);
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
    assertIsNear(site.started(), count);
    assertIsNear(site.alive(), count / 2);
    assertThat(site.peak()).isEmpty();
    long notSampled =
        threads.stream()
            .filter(thread -> recording.of(thread).record() == BirthRecord.NOT_SAMPLED)
            .count();
    assertThat(notSampled).isEqualTo(threads.size() - site.alive().recorded());
  }

  private static void assertIsNear(BirthCounts.Count count, long truth) {
    long error = 2 * count.error().orElseThrow();
    assertThat(count.estimate().orElseThrow()).isBetween(truth - error, truth + error);
  }

  @Test
  void thePeakStaysWhenThreadsHaveEnded() {
    Recording recording = recording(true);
    List<Thread> threads = List.of(virtual(), virtual(), virtual());
    threads.forEach(recording::started);
    threads.forEach(recording::ended);
    BirthCounts.Site site = recording.counts().sites().getFirst();
    assertThat(site.peak()).hasValue(3);
    assertThat(site.alive().estimate()).hasValue(0);
    assertThat(site.started().error()).hasValue(0);
  }

  @Test
  void aTagGoesOnToAnyDepthAlsoWhenThoseBetweenHaveEnded() throws InterruptedException {
    Recording recording = recording(true);
    tags.set(Thread.currentThread().threadId(), 5);
    Thread grandchild = virtual();
    Thread child = Thread.ofVirtual().unstarted(() -> recording.started(grandchild));
    recording.started(child);
    tags.set(Thread.currentThread().threadId(), 0);
    child.start();
    child.join();
    recording.ended(child);
    Thread later = virtual();
    recording.started(later);
    assertThat(recording.tagged(5)).containsExactly(grandchild.threadId());
    assertThat(recording.tagged(0)).contains(later.threadId());
  }

  @Test
  void aThreadThatIsToldToHandOnNothingDoesNotHandOnWhatItInherited() throws InterruptedException {
    Recording recording = recording(true);
    tags.set(Thread.currentThread().threadId(), 5);
    Thread grandchild = virtual();
    Thread worker =
        Thread.ofPlatform()
            .unstarted(() -> {
              tags.set(Thread.currentThread().threadId(), 0);
              recording.started(grandchild);
            });
    recording.started(worker);
    worker.start();
    worker.join();
    assertThat(recording.tagged(5)).containsExactly(worker.threadId());
  }

  @Test
  void whatAThreadHandsOnIsForgottenWhenItEnds() {
    Recording recording = recording(false);
    tags.set(Thread.currentThread().threadId(), 5);
    for (int i = 0; i < 1_000; i++) {
      Thread thread = virtual();
      recording.started(thread);
      tags.set(thread.threadId(), 0);
      recording.ended(thread);
    }
    assertThat(tags.size()).isEqualTo(1);
  }

  @Test
  void whereTooManyHandOnTagsNothingIsInheritedAnyMore() {
    Recording recording = recording(true);
    Thread parent = virtual();
    long self = Thread.currentThread().threadId();
    tags.set(self, 5);
    recording.started(parent);
    BirthLog inherited = new BirthLog(_ -> {});
    inherited.add(parent.threadId(), self, 1, 0, 5);
    assertThat(tags.of(parent.threadId(), inherited)).isEqualTo(5);
    for (int i = 1; i <= Tags.MAX; i++) {
      tags.set(Long.MAX_VALUE - i, 6);
    }
    assertThat(tags.size()).isEqualTo(Tags.MAX);
    assertThat(tags.of(parent.threadId(), inherited)).isZero();
    assertThat(tags.of(self, inherited)).isEqualTo(5);
  }

  @Test
  void whatTheJdkSharesInheritsNothingOfItsFirstUser() throws Exception {
    Thread worker = ForkJoinPool.commonPool().submit(Thread::currentThread).get();
    CompletableFuture.delayedExecutor(1, TimeUnit.HOURS).execute(() -> {});
    Thread.ofVirtual().start(() -> {}).join();
    List<Thread> shared =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread ->
                thread.getName().equals("ForkJoinPool.commonPool-delayScheduler")
                    || thread.getClass().getSimpleName().equals("CarrierThread"))
            .toList();
    assertThat(shared).hasSizeGreaterThan(1);
    Recording recording = recording(true);
    tags.set(Thread.currentThread().threadId(), 5);
    Thread own = Thread.ofPlatform().unstarted(() -> {});
    shared.forEach(recording::started);
    recording.started(worker);
    recording.started(own);
    assertThat(recording.tagged(5)).containsExactly(own.threadId());
  }

  @Test
  void anotherRecordingKnowsWhatThreadsHandOn() {
    Recording before = recording(true);
    before.started(virtual());
    tags.set(Thread.currentThread().threadId(), 5);
    Recording after = recording(false);
    Thread thread = Thread.ofPlatform().unstarted(() -> {});
    after.started(thread);
    assertThat(after.tagged(5)).containsExactly(thread.threadId());
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

  @Test
  void aThreadThatIsToldAsCollectedIsCountedAtItsSiteAndStillKnown() {
    Recording recording = recording(true);
    tags.set(Thread.currentThread().threadId(), 5);
    Thread thread = virtual();
    long id = thread.threadId();
    recording.started(thread);
    assertThat(recording.tellCollected(id)).isTrue();
    assertThat(recording.tellCollected(id)).isTrue();
    BirthCounts.Site site = recording.counts().sites().getFirst();
    assertThat(site.alive().recorded()).isZero();
    assertThat(site.collected().recorded()).isEqualTo(1);
    assertThat(site.ended()).hasValue(0);
    assertThat(recording.birth(id)).isPresent();
    assertThat(recording.unended(Duration.ZERO)).containsExactly(id);
    assertThat(recording.tagged(5)).containsExactly(id);
  }

  @Test
  void oneThatEndsAfterAllWasNotCollected() {
    Recording recording = recording(true);
    Thread thread = virtual();
    recording.started(thread);
    recording.tellCollected(thread.threadId());
    recording.ended(thread);
    BirthCounts.Site site = recording.counts().sites().getFirst();
    assertThat(site.collected().recorded()).isZero();
    assertThat(site.ended()).hasValue(1);
    assertThat(recording.birth(thread.threadId())).isEmpty();
    assertThat(recording.tellCollected(thread.threadId())).isFalse();
  }

  @Test
  void ofMoreCollectedThreadsThanAreKeptTheirSiteKnowsTheNumber() {
    Recording recording = recording(true);
    int count = CollectedThreads.MAX + 10;
    for (int i = 0; i < count; i++) {
      Thread thread = virtual();
      recording.started(thread);
      recording.tellCollected(thread.threadId());
    }
    assertThat(recording.unended(Duration.ZERO)).hasSize(CollectedThreads.MAX);
    assertThat(recording.counts().sites().getFirst().collected().recorded()).isEqualTo(count);
  }
}
