package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each in a JVM of its own, whose run begins and ends.
class RunReportTest {
  @TempDir private Path folder;

  @LeakCheck(within = "200ms", ignore = "name=nobody")
  static class Leaky {
    @Test
    void first() {
      Thread.ofVirtual().name("<script>alert('&')</script>").start(RunReportTest::await);
    }

    @Test
    void second() {
      Thread.startVirtualThread(RunReportTest::await);
    }
  }

  /// Its classes did not fail, so that what it ignores is known to be of no use.
  @LeakCheck(ignore = "name=\"a b\"")
  static class Clean {
    @Test
    void test() {}
  }

  private static void await() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      // it ends
    }
  }

  private List<String> reporting() {
    return List.of("-Dgroundhog.leak-check.report=" + folder.resolve("leaks"));
  }

  private String only(String ending) throws IOException {
    try (var files = Files.list(folder.resolve("leaks"))) {
      List<Path> found = files.filter(file -> file.toString().endsWith(ending)).toList();
      assertThat(found).hasSize(1);
      return Files.readString(found.getFirst());
    }
  }

  @Test
  void theJsonHasTheLeaksOfTheRunAndTheIgnoresThatMatchedNothingAndIsValid() throws Exception {
    Child.run(reporting(), Leaky.class, Clean.class);
    String json = only(".json");
    assertThat(schema().validate(json, InputFormat.JSON)).isEmpty();
    assertThat(json)
        .contains("\"tests\":3,")
        .contains("\"test\":\"RunReportTest.Leaky.first()\"", "\"RunReportTest.Leaky.second()\"")
        .contains("\"ignore\":\"function=dev.groundhog.junit.RunReportTest.await\"")
        .contains("{\"schema\":\"groundhog.report/1\",\"target\":\"RunReportTest.Leaky.first()\"")
        .contains(
            "{\"ignore\":\"name=\\\"a b\\\"\",\"place\":\"@LeakCheck of "
                + Clean.class.getName()
                + "\",\"sure\":true}")
        .doesNotContain("name=nobody");
  }

  @Test
  void theSchemaRefusesWhatIsNotOfItsForm() throws Exception {
    Child.run(reporting(), Leaky.class);
    String json = only(".json");
    for (String member : List.of("tests", "leaks", "cures", "groups", "dropped", "unusedIgnores")) {
      assertThat(schema().validate(json.replace('"' + member + '"', "\"other\""), InputFormat.JSON))
          .anySatisfy(error -> assertThat(error.toString()).contains(member));
    }
  }

  private static Schema schema() throws IOException {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
        .getSchema(Files.readString(Path.of("..", "docs", "groundhog.test-leaks-1.schema.json")));
  }

  @Test
  void thePageStandsAloneAndWhatThreadsAreCalledSaysNothingToABrowser() throws Exception {
    Child.run(reporting(), Leaky.class, Clean.class);
    assertThat(only(".html"))
        .startsWith("<!doctype html>")
        .contains("<h1>2 leaks in 3 tests</h1>")
        .contains("<h2>RunReportTest.Leaky.first()</h2>")
        .contains("&lt;script&gt;alert('&amp;')&lt;/script&gt;")
        .contains("<b>→ dev.groundhog.junit.RunReportTest.await (RunReportTest.java:")
        .contains(
            "@LeakCheck(ignore = &quot;function=dev.groundhog.junit.RunReportTest.await&quot;)")
        .contains("<code>name=&quot;a b&quot;</code>")
        .doesNotContain("<script", "src=", "http:", "https:");
  }

  @Test
  void aRunWithoutALeakHasItsReportToo() throws Exception {
    Child.run(reporting(), Clean.class);
    assertThat(only(".html")).contains("<h1 class=\"clean\">No leak in 1 test</h1>");
    assertThat(only(".json")).contains("\"tests\":1,\"leaks\":[],\"dropped\":0");
  }

  @Test
  void severalJvmsWriteIntoOneFolder() throws Exception {
    Child one = Child.start(reporting(), Leaky.class);
    Child other = Child.start(reporting(), Clean.class);
    one.finish();
    other.finish();
    try (var files = Files.list(folder.resolve("leaks"))) {
      assertThat(files).hasSize(4);
    }
  }

  @Test
  void aFolderThatCannotBeWrittenFailsNoTest() throws Exception {
    Files.writeString(folder.resolve("leaks"), "a file");
    assertThat(Child.run(reporting(), Clean.class, BaselineTest.Old.class))
        .contains("leak check: no report could be written into " + folder.resolve("leaks"))
        .contains(RunMain.WITH_AGENT);
  }
}
