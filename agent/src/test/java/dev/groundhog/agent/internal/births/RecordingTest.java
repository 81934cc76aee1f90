package dev.groundhog.agent.internal.births;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.Births;
import dev.groundhog.endpoint.BirthCounts;
import dev.groundhog.endpoint.OwnThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.file.FileSystems;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class RecordingTest {
  private static Thread virtual() {
    return Thread.ofVirtual().unstarted(() -> {});
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private final Tags tags = new Tags();

  private void tag(Thread thread, int tag) {
    try {
      tags.set(thread.threadId(), tag, () -> _ -> true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Set<Long> tagged(Recording recording, int tag) {
    return recording.tagged(Set.of(tag)).getOrDefault(tag, new TreeSet<>());
  }

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
  void threadsOfOurOwnAreNeitherCountedNorRecordedNorInheritAnything() {
    Recording recording = recording(true);
    tag(Thread.currentThread(), 5);
    Thread own = OwnThread.daemon("groundhog-own", () -> {});
    recording.started(own);
    assertThat(recording.of(own)).isEqualTo(Births.Birth.UNTOLD);
    assertThat(tagged(recording, 5)).isEmpty();
    recording.ended(own);
    BirthCounts counts = recording.counts();
    assertThat(counts.platformThreads()).isEqualTo(new BirthCounts.Total(0, 0));
    assertThat(counts.sites()).isEmpty();
    assertThat(counts.notRemembered()).isZero();
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
    tag(Thread.currentThread(), 5);
    Thread grandchild = virtual();
    Thread child = Thread.ofVirtual().unstarted(() -> recording.started(grandchild));
    recording.started(child);
    tag(Thread.currentThread(), 0);
    child.start();
    child.join();
    recording.ended(child);
    Thread later = virtual();
    recording.started(later);
    assertThat(tagged(recording, 5)).containsExactly(grandchild.threadId());
    assertThat(tagged(recording, 0)).contains(later.threadId());
  }

  @Test
  void aThreadThatIsToldToHandOnNothingDoesNotHandOnWhatItInherited() throws InterruptedException {
    Recording recording = recording(true);
    tag(Thread.currentThread(), 5);
    Thread grandchild = virtual();
    Thread worker =
        Thread.ofPlatform()
            .unstarted(() -> {
              tag(Thread.currentThread(), 0);
              recording.started(grandchild);
            });
    recording.started(worker);
    worker.start();
    worker.join();
    assertThat(tagged(recording, 5)).containsExactly(worker.threadId());
  }

  @Test
  void whatAThreadHandsOnIsForgottenWhenItEnds() {
    Recording recording = recording(false);
    tag(Thread.currentThread(), 5);
    for (int i = 0; i < 1_000; i++) {
      Thread thread = virtual();
      recording.started(thread);
      tag(thread, 0);
      recording.ended(thread);
    }
    assertThat(tags.size()).isEqualTo(1);
  }

  @Test
  void whatTheJdkSharesInheritsNothingOfItsFirstUser() throws Exception {
    Thread worker = ForkJoinPool.commonPool().submit(Thread::currentThread).get();
    CompletableFuture.delayedExecutor(1, TimeUnit.HOURS).execute(() -> {});
    Thread.ofVirtual().start(RecordingTest::nap).join(); // which a delay of the carriers ends
    Thread carrier = found(each -> each.getClass().getSimpleName().equals("CarrierThread"));
    Recording recording = recording(true);
    tag(Thread.currentThread(), 5);
    recording.started(worker);
    recording.started(carrier);
    recording.started(named("ForkJoinPool.commonPool-delayScheduler"));
    recording.started(delaying(carrier));
    recording.started(named("VirtualThread-unblocker"));
    assertThat(tagged(recording, 5)).isEmpty();
  }

  @Test
  void whatAWorkerOfTheCommonPoolStartsIsKnownForThat() throws Exception {
    Recording recording = recording(true);
    tag(Thread.currentThread(), 5);
    Thread started = Thread.ofVirtual().unstarted(() -> {});
    ForkJoinPool.commonPool().submit(() -> recording.started(started)).get();
    assertThat(tagged(recording, Tags.OF_SHARED)).containsExactly(started.threadId());
    assertThat(tagged(recording, 5)).isEmpty();
  }

  /// A method of a test ran on it once.
  @Test
  void aWorkerOfTheCommonPoolThatWasToldToWorkForNobodyIsAsAllOthers() throws Exception {
    Recording recording = recording(true);
    Thread started = Thread.ofVirtual().unstarted(() -> {});
    ForkJoinPool.commonPool()
        .submit(() -> {
          tag(Thread.currentThread(), Tags.OF_NOBODY);
          recording.started(started);
        })
        .get();
    assertThat(tagged(recording, Tags.OF_SHARED)).containsExactly(started.threadId());
    assertThat(tagged(recording, Tags.OF_NOBODY)).isEmpty();
  }

  @Test
  void whatSomebodyHasToCloseInheritsThoughItIsOfAClassOfTheJdks() throws Exception {
    Recording recording = recording(true);
    tag(Thread.currentThread(), 5);
    Cleaner.Cleanable cleanable = Cleaner.create().register(this, () -> {});
    Set<Long> own = new TreeSet<>();
    try (ForkJoinPool pool = new ForkJoinPool(1);
        WatchService _ = FileSystems.getDefault().newWatchService()) {
      Future<?> delayed = pool.schedule(() -> {}, 1, TimeUnit.HOURS);
      Thread worker = pool.submit(Thread::currentThread).get();
      for (Thread thread :
          List.of(
              worker, delaying(worker), named("Cleaner-\\d+"), named("FileSystemWatchService"))) {
        recording.started(thread);
        own.add(thread.threadId());
      }
      delayed.cancel(false);
    } finally {
      cleanable.clean();
    }
    assertThat(own).hasSize(4);
    assertThat(tagged(recording, 5)).isEqualTo(own);
  }

  /// What delays tasks of the same pool.
  private static Thread delaying(Thread worker) {
    return named(worker.getName().replaceAll("worker-.*", "delayScheduler"));
  }

  private static Thread named(String pattern) {
    return found(thread -> thread.getName().matches(pattern));
  }

  private static Thread found(Predicate<Thread> wanted) {
    return Thread.getAllStackTraces().keySet().stream().filter(wanted).findFirst().orElseThrow();
  }

  private static void nap() {
    LockSupport.parkNanos(1);
  }

  @Test
  void anotherRecordingKnowsWhatThreadsHandOn() {
    Recording before = recording(true);
    before.started(virtual());
    tag(Thread.currentThread(), 5);
    Recording after = recording(false);
    Thread thread = Thread.ofPlatform().unstarted(() -> {});
    after.started(thread);
    assertThat(tagged(after, 5)).containsExactly(thread.threadId());
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
    tag(Thread.currentThread(), 5);
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
    assertThat(tagged(recording, 5)).containsExactly(id);
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
  void oneThatIsSeenAgainWasNotCollected() {
    Recording recording = recording(true);
    CountDownLatch go = new CountDownLatch(1);
    Thread thread = Thread.ofVirtual().unstarted(() -> await(go));
    recording.started(thread);
    thread.start();
    recording.tellCollected(thread.threadId());
    assertThat(recording.of(thread).record()).isEqualTo(BirthRecord.RECORDED);
    assertThat(recording.isCollected(thread.threadId())).isFalse();
    BirthCounts.Site site = recording.counts().sites().getFirst();
    assertThat(site.alive().recorded()).isEqualTo(1);
    assertThat(site.collected().recorded()).isZero();
    assertThat(recording.unended(Duration.ZERO)).containsExactly(thread.threadId());
    go.countDown();
  }

  @Test
  void oneThatHasEndedWhenItIsSeenAgainIsForgotten() throws InterruptedException {
    Recording recording = recording(true);
    Thread thread = virtual();
    recording.started(thread);
    recording.tellCollected(thread.threadId());
    thread.start();
    thread.join();
    recording.of(thread);
    assertThat(recording.unended(Duration.ZERO)).isEmpty();
    assertThat(recording.counts().sites().getFirst().ended()).hasValue(1);
  }

  @Test
  void oneThatIsToldAsCollectedHandsOnItsTag() throws InterruptedException {
    Recording recording = recording(true);
    tag(Thread.currentThread(), 5);
    Thread child = virtual();
    Thread parent = Thread.ofVirtual().unstarted(() -> recording.started(child));
    recording.started(parent);
    recording.tellCollected(parent.threadId());
    parent.start();
    parent.join();
    assertThat(tagged(recording, 5)).contains(child.threadId());
  }

  @Test
  void aSampleDoesNotMultiplyThoseFromBeforeWhoseStartsAreAllRecorded() {
    Thread[] before = new Thread[1_000];
    Arrays.setAll(before, _ -> virtual());
    Recording recording = recording(false);
    List<Thread> all = new ArrayList<>(List.of(before));
    for (int i = 0; i < 10_000; i++) {
      all.add(virtual());
    }
    all.forEach(recording::started);
    BirthCounts.Site site = recording.counts().sites().getFirst();
    assertThat(site.started().alone()).isEqualTo(1_000);
    assertIsNear(site.started(), 11_000);
    all.forEach(recording::ended);
    assertThat(recording.counts().sites().getFirst().alive().recorded()).isZero();
  }

  @Test
  void anotherRecordingMayCarryOnWhatWasKnownOfThoseThatAreAlive() {
    Recording before = recording(true);
    tag(Thread.currentThread(), 5);
    Thread living = virtual();
    Thread gone = virtual();
    before.started(living);
    before.started(gone);
    Recording after = recording(true);
    after.carry(before, Set.of(living.threadId()));
    assertThat(after.of(living).creatorId()).hasValue(Thread.currentThread().threadId());
    assertThat(after.of(living).createdBy()).isEqualTo(before.of(living).createdBy());
    assertThat(after.of(gone).record()).isEqualTo(BirthRecord.BEFORE_RECORDING);
    assertThat(tagged(after, 5)).containsExactly(living.threadId());
    assertThat(after.unended(Duration.ZERO)).isEmpty();
    Recording third = recording(true);
    third.carry(after, Set.of(living.threadId()));
    assertThat(tagged(third, 5)).containsExactly(living.threadId());
    third.ended(living);
    assertThat(tagged(third, 5)).isEmpty();
    assertThat(third.counts().virtualThreads()).isEqualTo(new BirthCounts.Total(0, 0));
  }

  @Test
  void severalTagsAreFoundAtOnce() {
    Recording recording = recording(true);
    Thread[] threads = {virtual(), virtual(), virtual()};
    for (int i = 0; i < threads.length; i++) {
      tag(Thread.currentThread(), 5 + i);
      recording.started(threads[i]);
    }
    assertThat(recording.tagged(Set.of(5, 7, 9)))
        .isEqualTo(Map.of(5, Set.of(threads[0].threadId()), 7, Set.of(threads[2].threadId())));
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
    assertThat(recording.collected()).isEqualTo(count);
    assertThat(recording.counts().sites().getFirst().collected().recorded()).isEqualTo(count);
  }
}
