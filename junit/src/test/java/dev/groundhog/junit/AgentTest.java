package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same in a JVM with the agent, which knows who started whom.
class AgentTest {
  private static String run(Class<?> type) throws IOException, InterruptedException {
    return Child.run(List.of(Child.agent()), type);
  }

  @ParameterizedTest
  @ValueSource(classes = {KindsTest.class, LifecycleTest.class, LeaksTest.class})
  void withTheAgentAllIsAsWithoutIt(Class<?> type) throws IOException, InterruptedException {
    assertThat(run(type)).contains(RunMain.ALL_PASSED);
  }

  @Test
  void withTheAgentEachOfManyParallelTestsAnswersForItsOwnThreads()
      throws IOException, InterruptedException {
    assertThat(run(OnlyWithAgent.class)).contains(RunMain.ALL_PASSED);
  }
}
