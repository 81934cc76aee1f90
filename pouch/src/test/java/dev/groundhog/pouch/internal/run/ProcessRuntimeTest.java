package dev.groundhog.pouch.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import dev.groundhog.pouch.internal.spec.HostConfig;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProcessRuntimeTest {
  private static void check(String program, String directory) {
    check(List.of(program), directory);
  }

  private static void check(List<String> command, String directory) {
    new ProcessRuntime()
        .check(
            new ContainerConfig(
                "busybox",
                "",
                new ProcessConfig(
                    command, List.of(), List.of(), directory, "", false, ProcessConfig.Input.NONE),
                new HostConfig(List.of(), 0, 0, HostConfig.Network.DEFAULT, false),
                "",
                Map.of(),
                Map.of(),
                "SIGTERM",
                10,
                false));
  }

  @Test
  void whatAFileCanBeNamedIsTaken() {
    assertThatCode(() -> check("true", "/tmp/odd: name")).doesNotThrowAnyException();
    assertThatCode(() -> check("true", "")).doesNotThrowAnyException();
    assertThatCode(() -> check(List.of(), ""))
        .as("that there is no command is for others to say")
        .doesNotThrowAnyException();
  }

  /// Half a character, which no locale has; where that is `C`, what is not ASCII is none either.
  @ParameterizedTest
  @CsvSource({"true, /a\ud800b", "/a\ud800b, /"})
  void whatNoFileCanBeNamedHereIsRefusedInWords(String program, String directory) {
    assertThatThrownBy(() -> check(program, directory))
        .isInstanceOfSatisfying(
            ApiException.class, e -> assertThat(e.code().status()).isEqualTo(400))
        .hasMessageContaining("in this daemon's locale");
  }
}
