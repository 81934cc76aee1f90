package dev.groundhog.target.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.target.Check;
import dev.groundhog.target.CheckResult;
import dev.groundhog.target.MarkedFunctions;
import dev.groundhog.target.Target;
import dev.groundhog.target.TargetException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a target marks as leak-prone, and the check for it.
class MarkedFunctionsTest {
  private static final String MARKED =
      """
      {"schema":"groundhog.leak-prone/1","functions":[
      {"function":"acme.Logs$Follower.handle","reason":"waits for \\"more\\""},
      {"function":"acme.Never.run","reason":null}],"warnings":["acme.jar:7: 'x' names no function"]}
      """;

  private static final String LEFT =
      "{\"schema\":\"groundhog.dump/1\",\"process\":{\"format\":\"live\"},\"stacks\":[{\"index\":0,"
          + "\"frames\":[{\"function\":\"acme.Queue.take\"},"
          + "{\"function\":\"acme.Logs$Follower.handle\"}]}],"
          + "\"threads\":[{\"kind\":\"VIRTUAL\",\"id\":1,\"stack\":0},"
          + "{\"kind\":\"VIRTUAL\",\"id\":2,\"stack\":0}]}";

  private static final String CURED = LEFT.replace("acme.Logs$Follower", "acme.Logs.Other");

  @TempDir Path folder;

  @Test
  void aMarkedFunctionOnAStackFailsTheCheckWithItsReason() throws Exception {
    try (OneAnswer server = new OneAnswer(json(MARKED), json(MARKED)).ours(json(LEFT))) {
      Check check = Target.of(server.address()).check().leakProne();
      CheckResult result = check.run(Duration.ofMillis(300));
      assertThat(result.failed()).isTrue();
      assertThat(result.threads()).isEqualTo(2);
      assertThat(result.looks()).isGreaterThan(1);
      assertThat(server.heads())
          .as("asked once for all looks")
          .singleElement()
          .asString()
          .startsWith("GET /debug/groundhog/leak-prone ");
      assertThat(result.findings(List.of()))
          .singleElement()
          .satisfies(finding ->
              assertThat(finding.reasons())
                  .containsExactly(
                      "acme.Logs$Follower.handle is marked @LeakProne: waits for \"more\""));
      assertThat(check.report(result).warnings())
          .containsExactly("acme.jar:7: 'x' names no function");
    }
  }

  @Test
  void anAssertionNamesTheFunctionAndItsReason() throws Exception {
    try (OneAnswer server = new OneAnswer(json(MARKED)).ours(json(LEFT))) {
      Check check = Target.of(server.address()).check().leakProne();
      assertThatThrownBy(() -> check.within(Duration.ZERO))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("2 threads still have a function marked @LeakProne on the stack")
          .hasMessageContaining("because acme.Logs$Follower.handle is marked @LeakProne: waits for")
          .hasMessageContaining("\tat acme.Queue.take");
    }
  }

  @Test
  void whatIsMarkedAndOnNoStackPassesAndIsNeverStale() throws Exception {
    try (OneAnswer server = new OneAnswer(json(MARKED)).ours(json(CURED))) {
      CheckResult result =
          Target.of(server.address()).check().leakProne().failingOnStale().run(Duration.ZERO);
      assertThat(result.passed()).isTrue();
      assertThat(result.unknown()).isEmpty();
      assertThat(result.marked().count()).isEqualTo(2);
    }
  }

  @Test
  void aTargetThatMarksNothingCannotBeCheckedForIt() throws Exception {
    String none = "{\"schema\":\"groundhog.leak-prone/1\",\"functions\":[],\"warnings\":[]}";
    try (OneAnswer server = new OneAnswer(json(none)).ours(json(CURED))) {
      Check check = Target.of(server.address()).check().leakProne();
      assertUsage("marks no function @LeakProne", () -> check.run(Duration.ZERO));
    }
  }

  @Test
  void aServerWithoutOurEndpointSaysSo() throws Exception {
    String go = OneAnswer.ok("goroutine 1 [running]:\nmain.main()\n\t/app/main.go:7 +0x1d\n");
    try (OneAnswer server =
        new OneAnswer(go, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")) {
      Check check = Target.of(server.address()).check().leakProne();
      assertUsage("this server has neither", () -> check.run(Duration.ZERO));
    }
  }

  @Test
  void aFileAndAUrlOfOneDumpAndAJvmWithoutAnAgentSaySo() throws Exception {
    Path file = Files.writeString(folder.resolve("dump.json"), LEFT);
    Check ofFile = Target.of(file.toString()).check().leakProne();
    assertUsage("give its PID or URL", () -> ofFile.run(Duration.ZERO));
    Target ofUrl = Target.of("http://127.0.0.1:1/debug/pprof/goroutine?debug=1");
    assertUsage("not that of one dump", ofUrl::markedFunctions);
    long pid = ProcessHandle.current().pid();
    Target ofPid = Target.of(Long.toString(pid));
    assertUsage("'groundhog agent " + pid + "' loads it", ofPid::markedFunctions);
  }

  @Test
  void whatIsEscapedAndWhatALaterVersionAddsIsRead() throws Exception {
    assertThat(
            read(
                """
                { "since" : [ {"name":"x"} ], "schema" : "groundhog.leak-prone/1", "functions" :
                  [ { "function" : "a.A.b", "line" : 7, "reason" : "\\u00e4\\\\\\/\\t\\"" } ] }
                """))
        .contains(new MarkedFunctions(Map.of("a.A.b", Optional.of("ä\\/\t\"")), List.of()));
  }

  @Test
  void whatNestsElsewhereIsNoneOfIt() throws Exception {
    assertThat(
            read(
                """
                { "schema" : "groundhog.leak-prone/1",
                  "by" : { "schema" : "other/1", "function" : "x.X.y", "warnings" : [ "none" ] },
                  "functions" : [ { "reason" : "waits", "at" : { "reason" : "no", "function" : "x.X.z" },
                                    "function" : "a.A.b" }, { "function" : "c.C.d", "reason" : null } ],
                  "warnings" : [ "one" ] }
                """))
        .contains(
            new MarkedFunctions(
                Map.of("a.A.b", Optional.of("waits"), "c.C.d", Optional.empty()), List.of("one")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{\"schema\":\"groundhog.leak-prone/1\",\"functions\":[]}}",
        "{\"x\":{\"schema\":\"groundhog.leak-prone/1\"}}",
        "{}",
        "<html>\"schema\":\"x\"</html>",
        "{\"schema\":\"groundhog.leak-prone/2\",\"functions\":[]}",
        "{\"schema\":\"groundhog.leak-prone/1\",\"functions\":[",
        "{\"schema\":\"groundhog.leak-prone/1\",\"functions\":[{\"function\":\"a.A",
        "{\"schema\":\"groundhog.leak-prone/1\",\"x\":\"\\u12g4\"}",
        "{\"schema\":\"groundhog.leak-prone/1\",\"x\":\"\\"
      })
  void whatIsSomethingElseOrCutIsNotTakenForIt(String text) throws Exception {
    assertThat(read(text)).isEmpty();
  }

  private static Optional<MarkedFunctions> read(String text) throws IOException {
    return MarkedJson.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void assertUsage(String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TargetException.class, e -> assertThat(e.code()).isEqualTo(TargetException.Code.USAGE))
        .hasMessageContaining(words)
        .hasMessageContaining("as in --absent Server.logs");
  }

  private static String json(String body) {
    return OneAnswer.ok(body).replace("\r\n\r\n", "\r\nContent-Type: application/json\r\n\r\n");
  }
}
