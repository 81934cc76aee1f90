package dev.groundhog.agent.internal.births;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Frame;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// As the JVM keeps stacks, and by their names where that cannot be read.
@ParameterizedClass
@MethodSource("backtraces")
class CreationSitesTest {
  private final Backtrace backtrace;
  private final CreationSites sites;
  private final AtomicInteger failures = new AtomicInteger();

  CreationSitesTest(Backtrace backtrace) {
    this.backtrace = backtrace;
    sites =
        new CreationSites(
            backtrace,
            stack -> {
              if (failures.getAndDecrement() > 0) {
                throw new StackOverflowError();
              }
              return stack;
            });
  }

  static List<Backtrace> backtraces() {
    return List.of(Backtrace.find(), Backtrace.BY_NAMES);
  }

  @Test
  void theJvmsOwnCanBeReadHere() {
    assertThat(Backtrace.find()).isNotSameAs(Backtrace.BY_NAMES);
  }

  private CreationSite here() {
    return met(new Throwable());
  }

  private CreationSite met(Throwable here) {
    CreationSite site = sites.of(here, true);
    sites.name(site, here);
    return site;
  }

  /// How often stacks are turned into names for one that is met so often: where the JVM's own can't
  /// be read, each time.
  private int resolvedIfMet(int times) {
    return backtrace.turnsIntoNames() ? times : 1;
  }

  @Test
  void aStackIsTurnedIntoNamesOnce() {
    Set<CreationSite> found = ConcurrentHashMap.newKeySet();
    for (int i = 0; i < 1_000; i++) {
      found.add(here());
    }
    assertThat(found).hasSize(1);
    assertThat(sites.resolved()).isEqualTo(resolvedIfMet(1_000));
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
    assertThat(sites.resolved()).isEqualTo(resolvedIfMet(16));
  }

  @Test
  void aSiteWhoseNamesFailIsNamedByTheNextThatMeetsIt() {
    failures.set(2);
    List<Boolean> nameless = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      nameless.add(here().isNameless());
    }
    assertThat(nameless).containsExactly(true, true, false);
  }

  @Test
  void namesThatFailAgainAndAgainAreGivenUp() {
    failures.set(1_000);
    for (int i = 0; i < 10; i++) {
      assertThat(here().isNameless()).isTrue();
    }
    assertThat(failures).hasValue(1_000 - CreationSites.MAX_TRIES);
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

  @Test
  void whatDiffersFarBelowIsOne() {
    assertThat(deep(200)).isSameAs(deep(201));
  }

  @Test
  void sitesShareTheirFrames() {
    List<Frame> one = deep(40).stack().frames();
    List<Frame> other = deep(41).stack().frames();
    assertThat(one.getFirst()).isSameAs(other.getFirst());
    assertThat(one.get(20)).isSameAs(other.get(20));
  }

  @Test
  void noNumberOfAFrameWipesOutAnother() {
    Set<Long> hashes = new HashSet<>();
    for (int type : new int[] {1, 2}) {
      for (short method : new short[] {0, 1, 2, -1}) {
        for (int position : new int[] {0, 1, 1 << 16, 2 << 16, -1, Integer.MIN_VALUE}) {
          hashes.add(RawBacktrace.hash(type, new short[] {method}, new int[] {position}));
        }
      }
    }
    assertThat(hashes).hasSize(2 * 4 * 6);
  }

  @Test
  void aHashThatTwoStacksShareDoesNotMakeThemOne() {
    CreationSites clashing = new CreationSites(new SameHash(backtrace), UnaryOperator.identity());
    Throwable one = new Throwable();
    Throwable other = new Throwable();
    assertThat(clashing.of(one, true)).isNotSameAs(clashing.of(other, true));
    assertThat(clashing.of(one, true)).isSameAs(clashing.of(one, true));
  }

  private record SameHash(Backtrace as) implements Backtrace {
    @Override
    public long hash(Throwable here) {
      return 1;
    }

    @Override
    public Key key(long hash, Throwable here) {
      return as.key(hash, here);
    }

    @Override
    public boolean turnsIntoNames() {
      return as.turnsIntoNames();
    }
  }

  @Test
  void whatAThreadStartsWhileItNamesAStackIsNoticed() {
    List<Boolean> naming = new ArrayList<>();
    CreationSites[] asked = new CreationSites[1];
    asked[0] =
        new CreationSites(
            backtrace,
            stack -> {
              naming.add(asked[0].isNaming());
              return stack;
            });
    Throwable here = new Throwable();
    asked[0].name(asked[0].of(here, true), here);
    naming.add(asked[0].isNaming());
    assertThat(naming).containsExactly(true, false);
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
    assertThat(told(elements))
        .containsExactly("java.lang.VirtualThread.externalSubmitRunContinuationOrThrow");
  }

  @Test
  void soIsOneThatTakesThePlaceOfACarrierThatBlocks() {
    StackTraceElement[] elements = {
      element("java.lang.Thread", "start"),
      element("java.util.concurrent.ForkJoinPool", "tryCompensate"),
      element("jdk.internal.misc.CarrierThread", "beginBlocking"),
      element("jdk.internal.misc.Blocker", "begin"),
      element("java.io.FileInputStream", "read"),
      element("com.acme.Server", "accept")
    };
    assertThat(told(elements)).containsExactly("jdk.internal.misc.CarrierThread.beginBlocking");
  }

  @Test
  void whatAProgramStartsToRunVirtualThreadsIsItsOwn() {
    StackTraceElement[] elements = {
      element("java.lang.Thread", "start"),
      element("com.acme.Scheduler", "execute"),
      element("java.lang.VirtualThread", "submitRunContinuation"),
      element("com.acme.Server", "accept")
    };
    assertThat(told(elements)).startsWith("com.acme.Scheduler.execute");
  }

  @Test
  void ourOwnFramesAreToldNowhere() {
    List<StackTraceElement> ours =
        List.of(
            element(Recording.class.getName(), "started"),
            element(BirthWatch.class.getName() + "$$Lambda", "accept"),
            element(BirthHooks.NAME, "tell"),
            element(BirthHooks.NAME, "starting"));
    List<StackTraceElement> ofTheJdk =
        List.of(
            element("java.lang.Thread", "start"),
            element("java.util.concurrent.ThreadPoolExecutor", "addWorker"),
            element("java.lang.Thread", "run"));
    List<StackTraceElement> all = new ArrayList<>(ours);
    all.addAll(ofTheJdk);
    assertThat(told(all.toArray(new StackTraceElement[0])))
        .containsExactly(
            "java.lang.Thread.start",
            "java.util.concurrent.ThreadPoolExecutor.addWorker",
            "java.lang.Thread.run");
    all.add(element("com.acme.Server", "accept"));
    assertThat(told(all.toArray(new StackTraceElement[0])))
        .containsExactly("com.acme.Server.accept");
  }

  private static List<String> told(StackTraceElement... elements) {
    return CreationSites.told(elements).frames().stream().map(Frame::function).toList();
  }

  private static StackTraceElement element(String type, String method) {
    return new StackTraceElement(type, method, null, 1);
  }

  @Test
  void thoseThatComeAfterTooManyAreCountedTogether() {
    List<CreationSite> found = new ArrayList<>();
    for (int i = 0; i < CreationSites.MAX_SITES + 2; i++) {
      found.add(met(at(i)));
    }
    assertThat(found.subList(0, CreationSites.MAX_SITES))
        .doesNotHaveDuplicates()
        .allSatisfy(site -> assertThat(site.stack().frames()).isNotEmpty());
    assertThat(found.getLast()).isSameAs(found.get(CreationSites.MAX_SITES));
    assertThat(found.getLast().stack().frames()).isEmpty();
    assertThat(sites.of(at(CreationSites.MAX_SITES), false).isVirtual()).isFalse();
    assertThat(found.getLast().isVirtual()).isTrue();
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
