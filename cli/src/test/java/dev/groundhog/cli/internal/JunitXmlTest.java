package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.LabelledWork;
import dev.groundhog.target.CheckResult;
import dev.groundhog.target.MarkedFunctions;
import dev.groundhog.target.UnknownName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class JunitXmlTest {
  private static final String DUMP =
      """
      goroutine 1 [chan receive]:
      main.Server.logs<\u0001]]>(...)
      \t/src/a&b.go:7

      """;

  @TempDir Path folder;

  @Test
  void eachFunctionIsATestCaseWithWhatWasSeen() throws Exception {
    List<FunctionPattern> absent = Results.patterns("/logs/", "Server.lgos", "Server.exec");
    Element suite = written(absent, false, absent.get(1));
    assertThat(suite.getAttribute("tests")).isEqualTo("3");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    assertThat(suite.getAttribute("skipped")).isEqualTo("1");
    NodeList cases = suite.getElementsByTagName("testcase");
    Element failure = child(cases, 0, "failure");
    assertThat(failure.getAttribute("message")).isEqualTo("1 thread has /logs/ on the stack");
    assertThat(failure.getTextContent()).contains("main.Server.logs<\uFFFD]]>", "/src/a&b.go:7");
    assertThat(child(cases, 1, "skipped").getAttribute("message"))
        .isEqualTo("stale name: the target has no Server.lgos loaded: did you mean Server.logs?");
    assertThat(((Element) cases.item(2)).getElementsByTagName("*").getLength()).isZero();
  }

  @Test
  void aNameThatIsOnlyOnNoStackPasses() throws Exception {
    List<FunctionPattern> absent = Results.patterns("Server.exec");
    CheckResult silent = Results.of(DUMP, absent);
    CheckResult result =
        new CheckResult(
            silent.present(),
            List.of(),
            Optional.empty(),
            List.of(new UnknownName(absent.getFirst(), false, Optional.empty())),
            silent.last(),
            1,
            MarkedFunctions.NONE);
    Path file = folder.resolve("check.xml");
    Files.writeString(file, new JunitXml(":1", absent, false, true, Instant.EPOCH).of(result));
    Element suite = parsed(file);
    assertThat(suite.getAttribute("skipped")).isEqualTo("0");
    assertThat(child(suite.getElementsByTagName("testcase"), 0, "system-out").getTextContent())
        .startsWith("Server.exec is on no stack");
  }

  @Test
  void aStaleNameFailsWhereThatIsAsked() throws Exception {
    List<FunctionPattern> absent = Results.patterns("Server.lgos");
    Element suite = written(absent, true, absent.getFirst());
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    assertThat(suite.getAttribute("skipped")).isEqualTo("0");
    Element failure = child(suite.getElementsByTagName("testcase"), 0, "failure");
    assertThat(failure.getAttribute("type")).isEqualTo("stale");
  }

  @Test
  void whatWasNotSeenInADumpThatLostThreadsIsAnErrorAlsoBesideWhatWas() throws Exception {
    List<FunctionPattern> absent = Results.patterns("/logs/", "Server.exec");
    Path file = folder.resolve("check.xml");
    Files.writeString(
        file,
        new JunitXml(":1", absent, false, false, Instant.EPOCH)
            .of(Results.of(DUMP + "goroutine 9 [chan rec", absent)));
    Element suite = parsed(file);
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    assertThat(child(suite.getElementsByTagName("testcase"), 1, "error").getAttribute("message"))
        .startsWith("the dump is incomplete");
  }

  @Test
  void aTargetThatIsNotThereIsAnErrorOfEachTestCase() throws Exception {
    Path file = folder.resolve("check.xml");
    Files.writeString(
        file,
        new JunitXml(":1", Results.patterns("a.B", "c.D"), true, false, Instant.EPOCH)
            .of(new IOException("nobody listens")));
    Element suite = parsed(file);
    assertThat(suite.getAttribute("errors")).isEqualTo("3");
    NodeList cases = suite.getElementsByTagName("testcase");
    for (int i = 0; i < 3; i++) {
      assertThat(child(cases, i, "error").getAttribute("message")).isEqualTo("nobody listens");
    }
  }

  @Test
  void whoIsAbandonedIsATestCaseWithLabelsAndTimes() throws Exception {
    Element suite = ofAbandoned(Results.abandoned(folder.resolve("dump.json")));
    assertThat(suite.getAttribute("tests")).isEqualTo("1");
    assertThat(suite.getAttribute("failures")).isEqualTo("1");
    NodeList cases = suite.getElementsByTagName("testcase");
    assertThat(((Element) cases.item(0)).getAttribute("name")).isEqualTo("no thread is abandoned");
    Element failure = child(cases, 0, "failure");
    assertThat(failure.getAttribute("type")).isEqualTo("leak");
    assertThat(failure.getAttribute("message"))
        .isEqualTo("2 threads work for clients who have gone");
    assertThat(failure.getTextContent())
        .startsWith(
            "2 × WAITING, {route=/logs}\n"
                + "\tbecause their clients have been gone for 12 to 14 s, the grace time is 10 s\n")
        .endsWith("\tat acme.Logs.handle (Logs.java:19)\n");
  }

  @Test
  void aServerThatLabelsNoWorkIsASkippedTestCase() throws Exception {
    Element suite = ofAbandoned(Results.of(DUMP, List.of(), LabelledWork.ENTRY));
    assertThat(suite.getAttribute("skipped")).isEqualTo("1");
  }

  @Test
  void aTargetThatTellsNoClientsIsAnErrorOfThatTestCaseAlone() throws Exception {
    CheckResult told = Results.of(DUMP, List.of());
    CheckResult silent =
        new CheckResult(
            List.of(),
            List.of(),
            Optional.of("tells no clients"),
            List.of(),
            told.last(),
            1,
            MarkedFunctions.NONE);
    Path file = folder.resolve("check.xml");
    Files.writeString(
        file,
        new JunitXml(":1", Results.patterns("Server.exec"), true, false, Instant.EPOCH).of(silent));
    Element suite = parsed(file);
    assertThat(suite.getAttribute("tests")).isEqualTo("2");
    assertThat(suite.getAttribute("errors")).isEqualTo("1");
    assertThat(child(suite.getElementsByTagName("testcase"), 1, "error").getAttribute("message"))
        .isEqualTo("tells no clients");
  }

  @Test
  void allThatTheTargetMarksIsOneTestCase() throws Exception {
    CheckResult left = Results.of(DUMP, Results.patterns("/logs/"));
    String function = left.present().getFirst().stack().frames().getLast().function();
    MarkedFunctions marked =
        new MarkedFunctions(Map.of(function, Optional.of("waits for more")), List.of());
    for (boolean isLeft : new boolean[] {true, false}) {
      CheckResult result =
          new CheckResult(
              isLeft ? left.present() : List.of(),
              List.of(),
              Optional.empty(),
              List.of(),
              left.last(),
              1,
              marked);
      Path file = folder.resolve("check.xml");
      Files.writeString(
          file, new JunitXml(":1", List.of(), false, false, Instant.EPOCH).of(result));
      Element suite = parsed(file);
      assertThat(suite.getAttribute("tests")).isEqualTo("1");
      assertThat(suite.getAttribute("failures")).isEqualTo(isLeft ? "1" : "0");
      assertThat(suite.getTextContent().contains("is marked @LeakProne: waits for more"))
          .isEqualTo(isLeft);
    }
  }

  private Element ofAbandoned(CheckResult result) throws Exception {
    Path file = folder.resolve("check.xml");
    Files.writeString(file, new JunitXml(":1", List.of(), true, false, Instant.EPOCH).of(result));
    return parsed(file);
  }

  private Element written(
      List<FunctionPattern> absent, boolean staleFails, FunctionPattern... unknown)
      throws Exception {
    Path file = folder.resolve("check.xml");
    Files.writeString(
        file,
        new JunitXml("target \ud800", absent, false, staleFails, Instant.EPOCH)
            .of(Results.of(DUMP, absent, unknown)));
    return parsed(file);
  }

  private static Element parsed(Path file) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(file.toFile())
        .getDocumentElement();
  }

  private static Element child(NodeList cases, int index, String name) {
    return (Element) ((Element) cases.item(index)).getElementsByTagName(name).item(0);
  }
}
