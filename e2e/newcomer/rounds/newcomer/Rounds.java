package newcomer;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs all tests of the project some times in this JVM, each time in another order:
/// `Rounds agent|none ROUNDS`. Ends with 1 at the first round with a mistake.
public final class Rounds {
  private Rounds() {}

  public static void main(String[] args) {
    Expected expected = new Expected(args[0].equals("agent"));
    for (int round = 1; round <= Integer.parseInt(args[1]); round++) {
      long seed = new SecureRandom().nextLong();
      long begun = System.nanoTime();
      List<String> mistakes = run(expected, seed);
      System.out.printf(
          "round %d, seed %d, %.1f s: %d tests, %d mistakes%n",
          round, seed, (System.nanoTime() - begun) / 1e9, expected.tests().size(), mistakes.size());
      if (!mistakes.isEmpty()) {
        mistakes.forEach(mistake -> System.out.println("MISTAKE " + mistake));
        System.exit(1);
      }
    }
    System.exit(0);
  }

  private static List<String> run(Expected expected, long seed) {
    ConcurrentLinkedQueue<String> ran = new ConcurrentLinkedQueue<>();
    Map<String, String> failures = new ConcurrentHashMap<>();
    LauncherFactory.create()
        .execute(
            request(expected, seed),
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                String name = name(test);
                ran.add(name);
                if (result.getStatus() != Status.SUCCESSFUL) {
                  failures.put(name, result.getThrowable().map(Rounds::message).orElse("no error"));
                }
              }
            });
    return expected.mistakes(new ArrayList<>(ran), failures);
  }

  private static LauncherDiscoveryRequest request(Expected expected, long seed) {
    LauncherDiscoveryRequestBuilder request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(Tests.classes().stream().map(DiscoverySelectors::selectClass).toList())
            .configurationParameter("junit.jupiter.execution.order.random.seed", Long.toString(seed));
    if (!expected.withAgent()) {
      request.filters(TagFilter.excludeTags("agent"));
    }
    return request.build();
  }

  private static String name(TestIdentifier test) {
    return test.getSource()
        .filter(MethodSource.class::isInstance)
        .map(MethodSource.class::cast)
        .map(source -> source.getJavaClass().getSimpleName() + "." + source.getMethodName() + "()")
        .orElse(test.getDisplayName());
  }

  private static String message(Throwable error) {
    return error instanceof dev.groundhog.junit.LeakError ? error.getMessage() : error.toString();
  }
}
