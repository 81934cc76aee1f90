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
    assertThat(seen.isComplete(FunctionPattern.parse("a.B.c"))).isFalse();
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
    assertThat(go.isComplete(FunctionPattern.parse("a.B.c"))).isTrue();
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

  private final KnownFunctions server =
      KnownFunctions.ofJvm(
          List.of(
              "java.util.concurrent.locks.Lock",
              "java.lang.Lock2",
              "dev.acme.Server",
              "dev.acme.Tick",
              "dev.acme.Outer$Inner",
              "dev.acme.Server$$Lambda"),
          List.of(
              "node",
              "NOPE",
              "lock",
              "main",
              "lambda$main$0",
              "combinedOutput",
              "run",
              "<init>",
              "a method of Kotlin",
              "()V"),
          Dumps.of(Dumps.waiting(1, "dev.acme.Worker.run")));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Server.lambda$main$0",
        "Server.lambda.main.0",
        "Outer$Inner.run",
        "Outer.Inner.run",
        "Server#main",
        "dev.acme.Server::main",
        "Server.<init>",
        "Server.a method of Kotlin",
        "dev.acme.*",
        "dev.acme.Server.*",
        "dev.*",
        "/Server/",
        "/Server\\.(main|nope)$/",
        "/main$/",
        "/^dev\\.acme\\.Outer.Inner\\.run/",
        "/Out.*un$/",
      })
  void whatAJvmMayHaveIsNeverStale(String name) {
    assertThat(server.knows(FunctionPattern.parse(name))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Server.lambda$main$1",
        "Outer.Inner.walk",
        "dev.acne.*",
        "dev.acme.Serve.*",
        "/Sever\\./",
        "/Server\\.nope$/",
        "/^acme/",
        "/Inner\\.main2/",
      })
  void aPackageOrExpressionThatMatchesNothingIsStale(String name) {
    assertThat(server.knows(FunctionPattern.parse(name))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "Server.mian, Server.main",
    "server.main, Server.main",
    "com.acme.Server.main, dev.acme.Server.main",
    "Server.combinedOutpt, Server.combinedOutput",
    "Server#combinedoutput, Server.combinedOutput",
    "Sevrer.run, Server.run",
  })
  void aSlipIsMended(String misspelt, String meant) {
    assertThat(server.nearest(FunctionPattern.parse(misspelt))).contains(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Tock.nope", "Server.nope", "Tock.main", "dev.acne.*", "/Sever/"})
  void whatIsNoSlipIsOfferedNothing(String name) {
    assertThat(server.nearest(FunctionPattern.parse(name))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"exec, exec, 0", "exce, exec, 1", "exc, exec, 1", "abc, xyz, 3", "'', ab, 2"})
  void distanceCountsEdits(String a, String b, int edits) {
    assertThat(NearNames.distance(a, b)).isEqualTo(edits);
  }
}
