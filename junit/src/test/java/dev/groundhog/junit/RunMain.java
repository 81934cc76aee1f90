package dev.groundhog.junit;

import java.util.Map;

/// Runs the tests of the classes that are named, and says what failed.
final class RunMain {
  static final String ALL_PASSED = "all passed";

  private RunMain() {}

  public static void main(String[] names) throws ClassNotFoundException {
    Class<?>[] classes = new Class<?>[names.length];
    for (int i = 0; i < names.length; i++) {
      classes[i] = Class.forName(names[i]);
    }
    Run run = Run.of(Map.of(), classes);
    run.results()
        .forEach((name, result) ->
            result.getThrowable().ifPresent(error -> System.out.println(name + ": " + error)));
    System.out.println(run.results().size() > 2 && run.failures().isEmpty() ? ALL_PASSED : "");
  }
}
