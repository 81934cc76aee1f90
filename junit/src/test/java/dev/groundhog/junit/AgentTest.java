package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same in JVMs that get to the agent in another way than the one of these tests, which loads
/// it by itself, or that do not get to it.
class AgentTest {
  private static String run(Class<?> type, String... flags)
      throws IOException, InterruptedException {
    return Child.run(List.of(flags), type);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {KindsTest.class, LifecycleTest.class, LeaksTest.class, CreatorsTest.class})
  void whereTheAgentIsThereFromTheStartAllIsAsWhereItIsLoaded(Class<?> type)
      throws IOException, InterruptedException {
    assertThat(run(type, Child.agent()))
        .contains(RunMain.WITH_AGENT)
        .doesNotContain("A Java agent has been loaded dynamically");
  }

  /// As a build server may name its folders, which the JVM would cut there.
  @Test
  void theAgentIsLoadedFromAFolderWithAnEqualsSign(@TempDir Path folder)
      throws IOException, InterruptedException {
    String jar = Child.agent().substring("-javaagent:".length());
    Path copy = Files.createDirectory(folder.resolve("jdk=25")).resolve("agent.jar");
    Files.copy(Path.of(jar), copy);
    String classPath = System.getProperty("java.class.path").replace(jar, copy.toString());
    assertThat(run(LeaksTest.class, "-cp", classPath)).contains(RunMain.WITH_AGENT);
  }

  @Test
  void withTheJdksDumpAloneTheClassIsRight() throws IOException, InterruptedException {
    assertThat(run(OnlyWithoutAgent.class, "-Dgroundhog.leak-check.without-agent=jdk"))
        .contains(RunMain.WITHOUT_AGENT)
        .doesNotContain("groundhog:");
  }

  @Test
  void whereTheAgentIsNotWantedPlatformThreadsAreSeenAndItIsSaidThatOthersAreNot()
      throws IOException, InterruptedException {
    assertThat(run(OnlyPlatformThreads.class, "-Dgroundhog.leak-check.without-agent=platform"))
        .contains(RunMain.WITHOUT_AGENT)
        .containsOnlyOnce(
            "virtual threads are not seen: so groundhog.leak-check.without-agent says");
  }

  @Test
  void whereTheJvmRefusesTheAgentItIsSaidOnceWithTheReason()
      throws IOException, InterruptedException {
    assertThat(run(OnlyPlatformThreads.class, "-XX:-EnableDynamicAgentLoading"))
        .contains(RunMain.WITHOUT_AGENT)
        .containsOnlyOnce("virtual threads are not seen: the agent could not be loaded (")
        .contains("Dynamic agent loading is not enabled")
        .contains("-javaagent:");
  }

  @Test
  void whereNobodyMayAttachItIsSaidOnceWithTheReason() throws IOException, InterruptedException {
    assertThat(run(OnlyPlatformThreads.class, "-XX:+DisableAttachMechanism"))
        .contains(RunMain.WITHOUT_AGENT)
        .containsOnlyOnce("virtual threads are not seen: the agent could not be loaded (");
  }

  @Test
  void whereTheAgentStopsToKnowWhoStartsThreadsTestsGoByTimeAndThatIsSaidOnce()
      throws IOException, InterruptedException {
    assertThat(run(OnlyWhenLost.class, Child.agent()))
        .contains(RunMain.WITH_AGENT)
        .containsOnlyOnce("Groundhog's agent does not know who starts threads");
  }

  @Test
  void twoLoadersOfOneJvmDoNotDisturbEachOther() throws IOException, InterruptedException {
    assertThat(run(OnlyTwoLoaders.class, Child.agent())).contains(RunMain.WITH_AGENT);
  }

  static class Plain {
    @Test
    void test() {}
  }

  @Test
  void whatIsMisspeltFailsTheTestsThoughThePropertyAloneAsksForTheCheck()
      throws IOException, InterruptedException {
    assertThat(
            run(
                Plain.class,
                "-Dgroundhog.leak-check=test",
                "-Dgroundhog.leak-check.without-agent=lod"))
        .contains("groundhog.leak-check.without-agent=lod: it is load, jdk or platform")
        .doesNotContain("all passed");
  }

  @Test
  void theOutermostPlanSaysWhatIsDoneWithoutTheAgentUntilItsEnd()
      throws IOException, InterruptedException {
    assertThat(Child.start(List.of(), PlansMain.class, List.of()).finish())
        .containsSubsequence("LOAD", "JDK before", "JDK inside", "JDK behind", "LOAD");
  }
}
