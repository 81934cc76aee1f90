package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoBirthsTest {
  /// A recorder whose recording another agent has just ended.
  private static final BirthSource INTERRUPTED =
      new BirthSource() {
        @Override
        public Birth of(Thread thread) {
          return Birth.UNTOLD;
        }

        @Override
        public Optional<BirthCounts> counts() {
          return Optional.empty();
        }

        @Override
        public Absence absence() {
          return Absence.INTERRUPTED;
        }

        @Override
        public long[] unended(Duration age) {
          return new long[0];
        }

        @Override
        public Collected collected(long[] ids) {
          return Collected.NONE;
        }
      };

  @ParameterizedTest
  @ValueSource(strings = {"/debug/pprof/threadcreate", "/debug/groundhog/births"})
  void whereRecordingWasInterruptedNobodyIsToldToLoadTheAgent(String path) throws IOException {
    ThisJvm jvm = ThisJvm.open(() -> new Class<?>[0], INTERRUPTED);
    Answer answer = new DebugEndpoint(jvm, List.of()).answer(new Request("GET", path, ""));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    answer.body().writeTo(body);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(body.toString(StandardCharsets.UTF_8))
        .contains("another agent", "ask again")
        .doesNotContain("load the agent");
  }
}
