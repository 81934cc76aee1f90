package dev.groundhog.pouch.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ContainerJsonTest {
  @Test
  void aCommandLineHasItsArgumentsWithSpacesInQuotes() {
    assertThat(ContainerJson.commandLine(List.of("sh", "-c", "exit 3")))
        .isEqualTo("sh -c 'exit 3'");
    assertThat(ContainerJson.commandLine(List.of("echo", "it's", "", "a b")))
        .isEqualTo("echo it's  'a b'");
    assertThat(ContainerJson.commandLine(List.of("/my program"))).isEqualTo("/my program");
  }
}
