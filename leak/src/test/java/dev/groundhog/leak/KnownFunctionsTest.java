package dev.groundhog.leak;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnownFunctionsTest {
  private final KnownFunctions jvm =
      KnownFunctions.ofJvm(
          List.of("dev.acme.Server", "dev.acme.Server$Inner", "dev.acme.Client"),
          List.of("exec", "logs", "close", "excl"),
          Dumps.of(Dumps.waiting(1, "dev.acme.Worker.run")));

  @ParameterizedTest
  @ValueSource(
      strings = {"Server.exec", "dev.acme.Server.exec", "Server.Inner.logs", "Worker.run", "exec"})
  void aFunctionOfALoadedClassIsKnown(String name) {
    assertThat(jvm.knows(FunctionPattern.parse(name))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Server.exce", "Sever.exec", "dev.acne.Server.exec", "Worker.ran"})
  void aMisspeltNameIsNotKnown(String name) {
    assertThat(jvm.knows(FunctionPattern.parse(name))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "Server.exce, Server.exec",
    "Sever.exec, Server.exec",
    "Worker.rum, Worker.run",
    "Server.lgos, Server.logs"
  })
  void theNearestNameIsOffered(String misspelt, String meant) {
    assertThat(jvm.nearest(FunctionPattern.parse(misspelt))).contains(meant);
  }

  @Test
  void aNameThatIsNearNothingIsOfferedNothing() {
    assertThat(jvm.nearest(FunctionPattern.parse("Payments.reconcile"))).isEmpty();
  }

  @Test
  void whereTheTargetTellsNothingOnlyTheStacksAreKnown() {
    KnownFunctions seen = KnownFunctions.seenIn(Dumps.of(Dumps.waiting(1, "main.work")));
    assertThat(seen.isComplete()).isFalse();
    assertThat(seen.knows(FunctionPattern.parse("main.work"))).isTrue();
    assertThat(seen.knows(FunctionPattern.parse("main.wrok"))).isFalse();
    assertThat(seen.nearest(FunctionPattern.parse("main.wrok"))).contains("main.work");
  }

  @ParameterizedTest
  @CsvSource({"exec, exec, 0", "exce, exec, 1", "exc, exec, 1", "abc, xyz, 3", "'', ab, 2"})
  void distanceCountsEdits(String a, String b, int edits) {
    assertThat(KnownFunctions.distance(a, b)).isEqualTo(edits);
  }
}
