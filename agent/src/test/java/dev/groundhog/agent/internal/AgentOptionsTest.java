package dev.groundhog.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentOptionsTest {
  @ParameterizedTest
  @CsvSource({
    "address=127.0.0.1:6060, 127.0.0.1, 6060",
    "address=localhost:0, 127.0.0.1, 0",
    "address=:6060, 127.0.0.1, 6060",
    "address=[::1]:65535, 0:0:0:0:0:0:0:1, 65535",
  })
  void anAddressIsAHostAndAPort(String text, String host, int port) {
    assertThat(AgentOptions.parse(text).address())
        .hasValueSatisfying(address -> {
          assertThat(address.getAddress().getHostAddress()).isEqualTo(host);
          assertThat(address.getPort()).isEqualTo(port);
        });
  }

  @Test
  void nothingIsAskedForByNothing() {
    assertThat(AgentOptions.parse("").address()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "adress=:1",
        "address",
        "address=6060",
        "address=a.example:1",
        "address=:65536",
        "address=:x",
        "address=::1:6060x",
      })
  void whatIsNotUnderstoodIsRefused(String text) {
    assertThatThrownBy(() -> AgentOptions.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
