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

  private final KnownFunctions go =
      KnownFunctions.ofGo(
          List.of(
              "main.main",
              "main.main.func1",
              "github.com/acme/api.(*Server).exec",
              "main.(*Cache[...]).get"),
          Dumps.of(Dumps.waiting(1, "main.onStack")));

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
  @ValueSource(
      strings = {
        "Server.exec",
        "(*Server).exec",
        "api.Server.exec",
        "acme/api.(*Server).exec",
        "Cache.get",
        "Cache[...].get",
        "main.main.func1",
        "github.com/acme/api.*",
        "/Server.*exec$/",
        "main.onStack"
      })
  void everyFunctionOfAGoProgramIsKnown(String name) {
    assertThat(go.knows(FunctionPattern.parse(name))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Server.exce", "exe", "main.main.func2", "github.com/acme/web.*", "/Sever/"})
  void whateverMatchesNoFunctionOfAGoProgramIsStale(String name) {
    assertThat(go.isComplete()).isTrue();
    assertThat(go.knows(FunctionPattern.parse(name))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "Server.exce, Server.exec",
    "api.(*Server).exce, api.Server.exec",
    "acme/api.Server.exce, acme/api.Server.exec",
    "Cache[...].gte, Cache.get",
    "main.mian, main.main",
  })
  void theNearestFunctionOfAGoProgramIsOffered(String misspelt, String meant) {
    assertThat(go.nearest(FunctionPattern.parse(misspelt))).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"exec, exec, 0", "exce, exec, 1", "exc, exec, 1", "abc, xyz, 3", "'', ab, 2"})
  void distanceCountsEdits(String a, String b, int edits) {
    assertThat(KnownFunctions.distance(a, b)).isEqualTo(edits);
  }
}
