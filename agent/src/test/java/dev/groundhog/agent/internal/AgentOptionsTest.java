package dev.groundhog.agent.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
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
    "address=[::1]:65535, ::1, 65535",
  })
  void anAddressIsAHostAndAPort(String text, String host, int port) {
    assertThat(AgentOptions.parse(text).address())
        .contains(new Address.Tcp(new InetSocketAddress(InetAddress.ofLiteral(host), port)));
  }

  @Test
  void anAddressIsAUnixSocketToo() {
    assertThat(AgentOptions.parse("address=unix:/run/debug.sock").address())
        .contains(new Address.Unix(Path.of("/run/debug.sock")));
  }

  @Test
  void nothingIsAskedForByNothing() {
    assertThat(AgentOptions.parse("")).isEqualTo(AgentOptions.NONE);
  }

  @Test
  void aChangeLeavesWhatItDoesNotName() {
    AgentOptions first = AgentOptions.parse("address=:1, token-file=/run/token");
    AgentOptions changed = first.changed(AgentOptions.parse("address=:2,peers=any"));
    assertThat(changed).isEqualTo(AgentOptions.parse("address=:2,token-file=/run/token,peers=any"));
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
        "address=unix:",
        "peers=all",
        "looks=sometimes",
        "prove=always",
        "min-wait=0",
        "min-wait=1m",
        "on-proof=kill",
        "peers",
        "=",
        "token-file",
      })
  void whatIsNotUnderstoodIsRefused(String text) {
    assertThatThrownBy(() -> AgentOptions.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
