package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same in JVMs that get to the agent in another way than the one of these tests, which loads
/// it by itself, or that do not get to it.
class AgentTest {
  @TempDir private Path folder;

  private static String agent() throws IOException {
    URI agent =
        ((JarURLConnection)
                ClassLoader.getSystemResource("dev/groundhog/agent/Bootstrap.class")
                    .openConnection())
            .getJarFileURL()
            .toString()
            .transform(URI::create);
    return "-javaagent:" + Path.of(agent);
  }

  /// What a JVM with these flags said about the tests of a class that it ran.
  private String run(Class<?> type, String... flags) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(flags));
    command.addAll(
        List.of(
            "-cp", System.getProperty("java.class.path"), RunMain.class.getName(), type.getName()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {KindsTest.class, LifecycleTest.class, LeaksTest.class, CreatorsTest.class})
  void whereTheAgentIsThereFromTheStartAllIsAsWhereItIsLoaded(Class<?> type)
      throws IOException, InterruptedException {
    assertThat(run(type, agent()))
        .contains(RunMain.WITH_AGENT)
        .doesNotContain("A Java agent has been loaded dynamically");
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
}
