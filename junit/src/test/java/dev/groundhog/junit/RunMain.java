package dev.groundhog.junit;

import dev.groundhog.junit.internal.AgentHere;
import java.util.Map;
import org.junit.platform.engine.TestExecutionResult.Status;

/// Runs the tests of the classes that are named, and says what failed, was aborted or skipped, and
/// whether the agent was met.
final class RunMain {
  static final String WITH_AGENT = "all passed with the agent";
  static final String WITHOUT_AGENT = "all passed without the agent";

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
    run.skipped().forEach(name -> System.out.println(name + " was skipped"));
    boolean allPassed =
        run.skipped().isEmpty()
            && run.results().values().stream()
                .allMatch(result -> result.getStatus() == Status.SUCCESSFUL);
    System.out.println(run.tests().size() + " tests ran");
    if (allPassed && !run.tests().isEmpty()) {
      System.out.println(AgentHere.isMet() ? WITH_AGENT : WITHOUT_AGENT);
    }
  }
}
