package dev.groundhog.bench;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import com.carrotsearch.randomizedtesting.RandomizedRunner;
import com.carrotsearch.randomizedtesting.annotations.Repeat;
import com.carrotsearch.randomizedtesting.annotations.ThreadLeakScope;
import dev.groundhog.junit.LeakCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.RunWith;
import org.junit.runner.notification.RunListener;

/// What the check for leaked threads adds to a test that does nothing, and to one that starts two
/// threads and joins them, beside what randomizedtesting's thread-leak control adds to the same
/// tests. Each runs 1,000 times with the check and without, in turns, after a round that does not
/// count; the medians count. Run it with the agent and without.
///
/// The last line has the figures, in microseconds.
public final class CheckCost {
  private static final int TESTS = 1_000;
  private static final int ROUNDS = 3;

  private CheckCost() {}

  private static void empty() {}

  private static void threads() throws InterruptedException {
    Thread virtual = Thread.startVirtualThread(CheckCost::empty);
    Thread platform = Thread.ofPlatform().start(CheckCost::empty);
    virtual.join();
    platform.join();
  }

  /// Nobody checks them.
  static final class Unchecked {
    @RepeatedTest(TESTS)
    void empty() {
      CheckCost.empty();
    }

    @RepeatedTest(TESTS)
    void threads() throws InterruptedException {
      CheckCost.threads();
    }
  }

  /// Checked by Groundhog.
  @LeakCheck
  static final class Checked {
    @RepeatedTest(TESTS)
    void empty() {
      CheckCost.empty();
    }

    @RepeatedTest(TESTS)
    void threads() throws InterruptedException {
      CheckCost.threads();
    }
  }

  /// Not checked by randomizedtesting.
  @RunWith(RandomizedRunner.class)
  @ThreadLeakScope(ThreadLeakScope.Scope.NONE)
  public static final class PeerUnchecked {
    @org.junit.Test
    @Repeat(iterations = TESTS)
    public void empty() {
      CheckCost.empty();
    }

    @org.junit.Test
    @Repeat(iterations = TESTS)
    public void threads() throws InterruptedException {
      CheckCost.threads();
    }
  }

  /// Checked by randomizedtesting.
  @RunWith(RandomizedRunner.class)
  @ThreadLeakScope(ThreadLeakScope.Scope.TEST)
  public static final class PeerChecked {
    @org.junit.Test
    @Repeat(iterations = TESTS)
    public void empty() {
      CheckCost.empty();
    }

    @org.junit.Test
    @Repeat(iterations = TESTS)
    public void threads() throws InterruptedException {
      CheckCost.threads();
    }
  }

  /// How long each run of each method took.
  private static final class Times {
    private final Map<String, Long> began = new ConcurrentHashMap<>();
    private final Map<String, List<Long>> nanos = new ConcurrentHashMap<>();

    void begin(String id) {
      began.put(id, System.nanoTime());
    }

    void end(String id, String method) {
      long now = System.nanoTime();
      nanos.computeIfAbsent(method, _ -> new ArrayList<>()).add(now - began.getOrDefault(id, now));
    }

    double medianMicros(String method) {
      List<Long> sorted = nanos.getOrDefault(method, List.of()).stream().sorted().toList();
      if (sorted.size() != TESTS) {
        throw new IllegalStateException(sorted.size() + " tests " + method + " ran");
      }
      return sorted.get(TESTS / 2) / 1_000.0;
    }
  }

  public static void main(String[] args) {
    double empty = Double.MAX_VALUE;
    double threads = Double.MAX_VALUE;
    double peerEmpty = Double.MAX_VALUE;
    double peerThreads = Double.MAX_VALUE;
    for (int round = 0; round <= ROUNDS; round++) {
      Times unchecked = jupiter(Unchecked.class);
      Times checked = jupiter(Checked.class);
      Times peerUnchecked = peer(PeerUnchecked.class);
      Times peerChecked = peer(PeerChecked.class);
      double[] added = {
        added(checked, unchecked, "empty"),
        added(checked, unchecked, "threads"),
        added(peerChecked, peerUnchecked, "empty"),
        added(peerChecked, peerUnchecked, "threads")
      };
      System.out.printf(
          Locale.ROOT,
          "round %d: empty %.0f, threads %.0f; randomizedtesting: empty %.0f, threads %.0f%n",
          round,
          added[0],
          added[1],
          added[2],
          added[3]);
      if (round > 0) {
        empty = Math.min(empty, added[0]);
        threads = Math.min(threads, added[1]);
        peerEmpty = Math.min(peerEmpty, added[2]);
        peerThreads = Math.min(peerThreads, added[3]);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "added to an empty test %.0f us, to one with threads %.0f us; randomizedtesting: %.0f us,"
            + " %.0f us%n",
        empty,
        threads,
        peerEmpty,
        peerThreads);
  }

  private static double added(Times checked, Times unchecked, String method) {
    return checked.medianMicros(method) - unchecked.medianMicros(method);
  }

  private static Times jupiter(Class<?> tests) {
    Times times = new Times();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionStarted(TestIdentifier test) {
                times.begin(test.getUniqueId());
              }

              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (result.getThrowable().isPresent()) {
                  throw new IllegalStateException(result.getThrowable().get());
                }
                if (test.isTest()) {
                  times.end(
                      test.getUniqueId(),
                      test.getUniqueId().replaceAll(".*template:(\\w+).*", "$1"));
                }
              }
            });
    return times;
  }

  private static Times peer(Class<?> tests) {
    Times times = new Times();
    JUnitCore core = new JUnitCore();
    core.addListener(
        new RunListener() {
          @Override
          public void testStarted(Description test) {
            times.begin(test.getDisplayName());
          }

          @Override
          public void testFinished(Description test) {
            times.end(test.getDisplayName(), test.getMethodName().replaceAll("\\W.*", ""));
          }
        });
    var result = core.run(tests);
    if (!result.wasSuccessful()) {
      throw new IllegalStateException(result.getFailures().toString());
    }
    return times;
  }
}
