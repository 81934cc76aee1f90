package dev.groundhog.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// What became of some test classes that JUnit ran, by display name.
///
/// @param skipped what did not run
record Run(Map<String, TestExecutionResult> results, Set<String> skipped) {
  static Run of(Class<?>... classes) {
    return of(Map.of(), classes);
  }

  static Run of(Map<String, String> parameters, Class<?>... classes) {
    Map<String, TestExecutionResult> results = new ConcurrentHashMap<>();
    Set<String> skipped = ConcurrentHashMap.newKeySet();
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(Arrays.stream(classes).map(type -> selectClass(type)).toList())
            .configurationParameters(parameters)
            .build();
    LauncherFactory.create()
        .execute(
            request,
            new TestExecutionListener() {
              @Override
              public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                results.put(test.getDisplayName(), result);
              }

              @Override
              public void executionSkipped(TestIdentifier test, String reason) {
                skipped.add(test.getDisplayName());
              }
            });
    return new Run(results, skipped);
  }

  /// The first lines of the errors of all that failed, by display name.
  Map<String, String> failures() {
    Map<String, String> failures = new TreeMap<>();
    results.forEach((name, result) -> {
      if (result.getStatus() == Status.FAILED) {
        failures.put(name, message(name).lines().findFirst().orElse(""));
      }
    });
    return failures;
  }

  /// The whole message of what failed.
  String message(String name) {
    return results.get(name).getThrowable().map(Throwable::getMessage).orElse("");
  }

  Status status(String name) {
    return results.get(name).getStatus();
  }

  /// The names of all methods that ran.
  List<String> tests() {
    return results.keySet().stream().filter(name -> name.endsWith(")")).sorted().toList();
  }
}
