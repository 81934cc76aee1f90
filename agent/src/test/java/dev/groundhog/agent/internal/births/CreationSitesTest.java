package dev.groundhog.agent.internal.births;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Frame;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// As the JVM keeps stacks, and by their names where that cannot be read.
@ParameterizedClass
@MethodSource("backtraces")
class CreationSitesTest {
  private final CreationSites sites;

  CreationSitesTest(CreationSites.Backtrace backtrace) {
    sites = new CreationSites(backtrace);
  }

  static List<CreationSites.Backtrace> backtraces() {
    return List.of(CreationSites.Backtrace.find(), CreationSites.Backtrace.BY_NAMES);
  }

  @Test
  void theJvmsOwnCanBeReadHere() {
    assertThat(CreationSites.Backtrace.find()).isNotSameAs(CreationSites.Backtrace.BY_NAMES);
  }

  private CreationSite here() {
    return sites.of(new Throwable(), true);
  }

  @Test
  void aStackIsTurnedIntoNamesOnce() {
    Set<CreationSite> found = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < 1_000; i++) {
      found.add(here());
    }
    assertThat(found).hasSize(1);
    assertThat(sites.resolved()).isEqualTo(1);
  }

  @Test
  void alsoIfManyThreadsMeetItAtOnce() throws InterruptedException {
    Set<CreationSite> found = ConcurrentHashMap.newKeySet();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                await(go);
                found.add(here());
              }));
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(found).hasSize(1);
    assertThat(sites.resolved()).isEqualTo(1);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anotherLineAndADeeperStackAreOthers() {
    CreationSite first = here();
    CreationSite second = here();
    assertThat(first).isNotSameAs(second);
    assertThat(deep(40)).isNotSameAs(deep(41));
    assertThat(deep(40)).isNotSameAs(first);
  }

  private CreationSite deep(int frames) {
    return frames == 0 ? here() : deep(frames - 1);
  }

  @Test
  void theCreatorsOwnFramesComeFirstAndAreLimited() {
    CreationSite site = deep(100);
    List<Frame> frames = site.stack().frames();
    assertThat(frames).hasSize(64);
    assertThat(site.stack().elided()).isPositive();
    assertThat(frames.getFirst().function()).endsWith("CreationSitesTest.here");
  }

  @Test
  void whatStartsThreadsForOthersIsLeftOut() {
    CreationSite site = ForkJoinPool.commonPool().submit(this::here).join();
    assertThat(site.stack().frames().getFirst().function()).endsWith("CreationSitesTest.here");
    Throwable inExecutor = new Throwable();
    StackTraceElement[] below = inExecutor.getStackTrace();
    List<StackTraceElement> all = new ArrayList<>();
    all.add(element("jdk.internal.vm.ThreadContainer", "add"));
    all.add(element("java.lang.VirtualThread", "start"));
    all.add(element("java.util.concurrent.ThreadPerTaskExecutor", "start"));
    all.addAll(List.of(below));
    assertThat(
            CreationSites.told(all.toArray(new StackTraceElement[0]))
                .frames()
                .getFirst()
                .function())
        .endsWith("CreationSitesTest.whatStartsThreadsForOthersIsLeftOut");
  }

  @Test
  void aCarrierIsStartedByTheJdksScheduler() {
    StackTraceElement[] elements = {
      element("java.lang.Thread", "start"),
      element("java.util.concurrent.ForkJoinPool", "signalWork"),
      element("java.lang.VirtualThread", "externalSubmitRunContinuationOrThrow"),
      element("java.lang.VirtualThread", "start"),
      element("com.acme.Server", "accept")
    };
    assertThat(CreationSites.told(elements).frames().getFirst().function())
        .isEqualTo("java.lang.VirtualThread.externalSubmitRunContinuationOrThrow");
  }

  private static StackTraceElement element(String type, String method) {
    return new StackTraceElement(type, method, null, 1);
  }

  @Test
  void thoseThatComeAfterTooManyAreCountedTogether() {
    List<CreationSite> found = new ArrayList<>();
    for (int i = 0; i < CreationSites.MAX_SITES + 2; i++) {
      found.add(sites.of(at(i), true));
    }
    assertThat(found.subList(0, CreationSites.MAX_SITES))
        .doesNotHaveDuplicates()
        .allSatisfy(site -> assertThat(site.stack().frames()).isNotEmpty());
    assertThat(found.getLast()).isSameAs(found.get(CreationSites.MAX_SITES));
    assertThat(found.getLast().stack().frames()).isEmpty();
    assertThat(sites.resolved()).isEqualTo(CreationSites.MAX_SITES);
  }

  /// A stack of its own for each number: the bits of it are which of two lines calls the next.
  private static Throwable at(int number) {
    return number == 0 ? new Throwable() : (number & 1) == 0 ? even(number >> 1) : odd(number >> 1);
  }

  private static Throwable even(int number) {
    return at(number);
  }

  private static Throwable odd(int number) {
    return at(number);
  }
}
