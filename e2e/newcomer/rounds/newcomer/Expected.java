package newcomer;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;

/// What must become of each test of the project: those of a class `…LeakTest` fail and say where
/// their own threads come from, their twins in `…CleanTest` pass.
record Expected(boolean withAgent) {
  private static final Pattern FIRST_LINE =
      Pattern.compile("leak: (?:(\\d+) (virtual|platform) threads?(?: and (\\d+) platform threads?)?) of (.*)");

  private static final Pattern TEST_CLASS = Pattern.compile("newcomer\\.(\\w+(?:Leak|Clean)Test)\\b");

  /// Stacks of threads that know their class only by who started them.
  private static final List<String> WITHOUT_OWN_FRAMES =
      List.of("FixedPoolLeakTest", "ScheduledLeakTest", "RepeatedLeakTest", "ForkJoinLeakTest",
          "TimersLeakTest", "HttpLeakTest");

  /// The mistakes in `failures`, the messages of the tests that failed by `Class.method`, of those
  /// that `ran`.
  List<String> mistakes(List<String> ran, Map<String, String> failures) {
    Map<String, String> mistakes = new TreeMap<>();
    for (String test : tests()) {
      if (!ran.contains(test)) {
        mistakes.put(test, "did not run");
      } else if (!isLeak(test) && failures.containsKey(test)) {
        mistakes.put(test, "must pass: " + failures.get(test));
      } else if (isLeak(test) && !failures.containsKey(test)) {
        mistakes.put(test, "passed");
      } else if (isLeak(test)) {
        wrong(test, failures.get(test)).ifPresent(what -> mistakes.put(test, what + ": " + failures.get(test)));
      }
    }
    var others = new TreeSet<>(failures.keySet());
    others.removeAll(tests());
    others.forEach(other -> mistakes.put(other, "nobody expects it: " + failures.get(other)));
    return mistakes.entrySet().stream().map(each -> each.getKey() + " " + each.getValue()).toList();
  }

  /// What the message of a failure says that is not so.
  private Optional<String> wrong(String test, String message) {
    Matcher first = FIRST_LINE.matcher(message.lines().findFirst().orElse(""));
    if (!first.matches() || !first.group(4).equals(test)) {
      return Optional.of("names another test");
    }
    long count = Long.parseLong(first.group(1)) + (first.group(3) == null ? 0 : Long.parseLong(first.group(3)));
    if (has(test, "many") ? count < 1 : count != (has(test, "two") ? 2 : 1)) {
      return Optional.of("counts " + count + " threads");
    }
    String testClass = test.substring(0, test.indexOf('.'));
    var classes = TEST_CLASS.matcher(message).results().map(each -> each.group(1)).collect(Collectors.toSet());
    classes.remove(testClass);
    if (!classes.isEmpty()) {
      return Optional.of("shows " + classes);
    }
    return withAgent ? wrongSites(test, message) : wrongStacks(testClass, message);
  }

  /// With the agent each group has a creation site, and one of them is in the test's method.
  private static Optional<String> wrongSites(String test, String message) {
    String method = test.substring(test.indexOf('.') + 1, test.length() - 2);
    String testClass = test.substring(0, test.indexOf('.'));
    Pattern inTest = Pattern.compile("newcomer\\." + testClass + "\\.(?:lambda\\$)?" + method + "[ $]");
    String[] groups = message.split("\n\n");
    boolean isInTest = false;
    for (int i = 1; i < groups.length; i++) {
      int by = groups[i].indexOf("    created by\n");
      if (by < 0) {
        return Optional.of("does not tell who started all");
      }
      isInTest |= inTest.matcher(groups[i].substring(by)).find();
    }
    return isInTest ? Optional.empty() : Optional.of("does not show the place in the test");
  }

  private static Optional<String> wrongStacks(String testClass, String message) {
    return WITHOUT_OWN_FRAMES.contains(testClass) || message.contains("newcomer." + testClass + ".")
        ? Optional.empty()
        : Optional.of("does not show the test's class");
  }

  /// All that must run, as `Class.method()`, each leak with its twin.
  List<String> tests() {
    List<String> tests =
        Tests.classes().stream()
            .flatMap(type ->
                Arrays.stream(type.getDeclaredMethods())
                    .filter(method -> method.isAnnotationPresent(org.junit.jupiter.api.Test.class))
                    .map(method -> type.getSimpleName() + "." + method.getName() + "()"))
            .filter(test -> withAgent || !has(test, "agent"))
            .sorted()
            .toList();
    List<String> alone =
        tests.stream().filter(test -> !tests.contains(twin(test))).toList();
    if (tests.isEmpty() || !alone.isEmpty()) {
      throw new IllegalStateException("tests without a twin: " + alone);
    }
    return tests;
  }

  private static String twin(String test) {
    return isLeak(test) ? test.replace("LeakTest.", "CleanTest.") : test.replace("CleanTest.", "LeakTest.");
  }

  static boolean isLeak(String test) {
    return test.contains("LeakTest.");
  }

  /// Whether the test or its class has a tag.
  private static boolean has(String test, String tag) {
    try {
      Class<?> type = Class.forName("newcomer." + test.substring(0, test.indexOf('.')));
      Method method = type.getDeclaredMethod(test.substring(test.indexOf('.') + 1, test.length() - 2));
      return java.util.stream.Stream.of(type, method)
          .flatMap(each -> Arrays.stream(each.getAnnotationsByType(Tag.class)))
          .anyMatch(each -> each.value().equals(tag));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
