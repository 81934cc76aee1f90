package dev.groundhog.pouch.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ShortCommandTest {
  private static final int MOST_BYTES = 1 << 20;

  private static ShortCommand run(String script, Duration patience, int mostBytes)
      throws Exception {
    return ShortCommand.run(new ProcessBuilder("sh", "-c", script), patience, mostBytes);
  }

  @Test
  void whatItPrintsAndHowItEndsIsKnown() throws Exception {
    assertThat(run("echo out; echo err >&2; exit 3", Duration.ofSeconds(20), MOST_BYTES))
        .isEqualTo(new ShortCommand(3, "out\nerr\n"));
  }

  @Test
  void whatItHasStartedIsNotWaitedFor() throws Exception {
    Instant began = Instant.now();
    assertThat(run("sleep 60 & echo $!; sleep 1", Duration.ofSeconds(20), MOST_BYTES))
        .satisfies(command -> {
          ProcessHandle.of(Long.parseLong(command.output().strip()))
              .orElseThrow()
              .destroyForcibly();
          assertThat(command.exitCode()).isZero();
        });
    assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void oneThatPrintsTooMuchIsReadUpToTheBound() throws Exception {
    assertThat(run("yes 2> /dev/null", Duration.ofSeconds(20), 10).output())
        .isEqualTo("y\ny\ny\ny\ny\n");
  }

  @Test
  void oneThatDoesNotEndIsKilled() {
    assertThatIOException()
        .isThrownBy(() -> run("exec sleep 60", Duration.ofMillis(100), MOST_BYTES))
        .withMessage("sh does not end");
  }
}
