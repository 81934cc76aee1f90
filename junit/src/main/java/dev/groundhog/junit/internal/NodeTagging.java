package dev.groundhog.junit.internal;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// Tags JUnit's thread while it works on any node of the plan, which JUnit tells on that thread:
/// with the checked test or class that the node is in, so that what runs before the checked test
/// itself, a `@MethodSource` say, is the class's; else with what the run was started with, so that
/// nothing of a test that is not checked is taken for another one's. A checked class or test then
/// sets its own, or has done so: JUnit makes the instance of a test before it tells of it.
///
/// Does nothing until a check has begun with the agent.
public final class NodeTagging implements TestExecutionListener {
  private final Map<UniqueId, Tagging> open = new ConcurrentHashMap<>();

  /// A checked test may run other tests itself.
  private volatile int ofRun = Tagging.NOBODY;

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    ofRun = Tagging.current();
  }

  @Override
  public void executionStarted(TestIdentifier node) {
    UniqueId id = node.getUniqueIdObject();
    if (Tagging.isUsed() && !Starters.ALL.isRunning(id)) {
      open.put(
          id,
          Tagging.of(
              Starters.ALL
                  .around(id)
                  .map(Starter::tag)
                  .filter(tag -> tag != Tagging.NONE)
                  .orElse(ofRun)));
    }
  }

  @Override
  public void executionFinished(TestIdentifier node, TestExecutionResult result) {
    Tagging tagging = open.remove(node.getUniqueIdObject());
    if (tagging != null) {
      tagging.close();
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    open.clear();
  }
}
