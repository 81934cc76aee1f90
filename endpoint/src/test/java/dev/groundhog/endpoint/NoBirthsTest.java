package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoBirthsTest {
  @ParameterizedTest
  @ValueSource(strings = {"/debug/pprof/threadcreate", "/debug/groundhog/births"})
  void whereRecordingWasInterruptedNobodyIsToldToLoadTheAgent(String path) throws IOException {
    BirthSource interrupted = BirthSource.none(BirthSource.Absence.INTERRUPTED);
    ThisJvm jvm = ThisJvm.open(() -> new Class<?>[0], interrupted, Prover.NONE);
    Answer answer = new DebugEndpoint(jvm, List.of()).answer(new Request("GET", path, ""));
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    answer.body().writeTo(body);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(body.toString(StandardCharsets.UTF_8))
        .contains("another agent", "ask again")
        .doesNotContain("load the agent");
  }
}
