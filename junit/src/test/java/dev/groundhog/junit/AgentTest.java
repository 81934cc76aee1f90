package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The same in a JVM with the agent, which knows who started whom.
class AgentTest {
  private static final Path AGENT = Path.of("../dist/target/groundhog-agent.jar");

  @TempDir private Path folder;

  /// What a JVM with the agent said about the tests of a class that it ran.
  private String run(Class<?> type) throws IOException, InterruptedException {
    assumeThat(AGENT).as("the agent's jar is built by ./test -pl dist -am").exists();
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-javaagent:" + AGENT.toAbsolutePath(),
                "-cp",
                System.getProperty("java.class.path"),
                RunMain.class.getName(),
                type.getName())
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
