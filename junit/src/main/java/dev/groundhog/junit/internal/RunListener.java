package dev.groundhog.junit.internal;

import static org.junit.platform.engine.TestExecutionResult.Status.SUCCESSFUL;

import java.util.List;
import org.junit.platform.engine.ConfigurationParameters;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// Notes when the run begins. Where the property asks for a check of all tests, it lets Jupiter
/// find our extension, and no other one, so that this one property is enough. Notes which tests
/// ran.
public final class RunListener implements TestExecutionListener {
  private static final String DETECTION = "junit.jupiter.extensions.autodetection.";
  private static final String ENABLED = DETECTION + "enabled";
  private static final String INCLUDE = DETECTION + "include";

  private boolean isOurs;

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    ConfigurationParameters parameters = plan.getConfigurationParameters();
    WithoutAgent.planBegins(parameters.get(WithoutAgent.PROPERTY));
    RunStart.isNow();
    boolean checksAll = parameters.get(CheckSettings.PROPERTY).isPresent();
    if (checksAll && saysNothing(parameters)) {
      isOurs = true;
      System.setProperty(ENABLED, "true");
      System.setProperty(INCLUDE, LeakCheckExtension.class.getName());
    }
    RunMemory.current().set(parameters::get);
    if (checksAll) {
      find();
    }
  }

  /// The agent is there before any test.
  private static void find() {
    try {
      Meeting.find();
    } catch (IllegalArgumentException _) {
      // CheckSettings tells what is wrong.
    }
  }

  /// Whoever has decided about detection keeps what he decided.
  private static boolean saysNothing(ConfigurationParameters parameters) {
    return List.of(ENABLED, INCLUDE, DETECTION + "exclude").stream()
        .allMatch(key -> parameters.get(key).isEmpty());
  }

  @Override
  public void executionStarted(TestIdentifier test) {
    TestsRun tests = RunMemory.current().tests();
    TestSource source = test.getSource().orElse(null);
    if (test.isTest()) {
      tests.began(test.getUniqueIdObject());
    } else if (source instanceof ClassSource type) {
      tests.opened(test.getUniqueIdObject(), type.getClassName());
    }
    if (source instanceof ClassSource type) {
      tests.began(type.getJavaClass()); // last, since it fails for a class that is not there
    }
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    TestsRun tests = RunMemory.current().tests();
    TestSource source = test.getSource().orElse(null);
    if (test.isTest()) {
      tests.ended(test.getUniqueIdObject());
      if (source instanceof MethodSource method) {
        tests.ended(
            method.getClassName(), method.getMethodName(), result.getStatus() == SUCCESSFUL);
      }
    } else if (source instanceof ClassSource type) {
      tests.closed(test.getUniqueIdObject(), type.getClassName());
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    if (test.getSource().orElse(null) instanceof MethodSource method) {
      RunMemory.current().tests().skipped(method.getClassName(), method.getMethodName());
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    WithoutAgent.planEnds();
    if (isOurs) {
      isOurs = false;
      System.clearProperty(ENABLED);
      System.clearProperty(INCLUDE);
    }
  }
}
