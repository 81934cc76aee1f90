package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PouchHostTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "unix:///var/run/pouchd.sock",
        "unix:///a b/s",
        "tcp://127.0.0.1:2375",
        "tcp://localhost:1",
        "tcp://[::1]:65535"
      })
  void anAddressIsReadAndShown(String text) {
    assertThat(PouchHost.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "unix://",
        "unix://relative",
        "/var/run/pouchd.sock",
        "tcp://127.0.0.1",
        "tcp://127.0.0.1:0",
        "tcp://127.0.0.1:65536",
        "tcp://:2375",
        "tcp://user@127.0.0.1:2375",
        "tcp://127.0.0.1:2375/path",
        "tcp://127.0.0.1:2375?x",
        "tcp://a b:1",
        "http://127.0.0.1:2375"
      })
  void anythingElseIsRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PouchHost.parse(text))
        .withMessageContaining("unix:///PATH or tcp://HOST:PORT");
  }
}
