package dev.groundhog.junit.internal;

import dev.groundhog.dump.JsonWriter;
import dev.groundhog.junit.LeakTestReport;
import dev.groundhog.junit.LeakedGroup;
import dev.groundhog.junit.internal.IgnoreUse.Ignore;
import dev.groundhog.leak.ReportWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/// All that the check found in one run of tests.
///
/// @param tests how many tests ended
/// @param dropped how many leaks there were besides, beyond what is remembered
record RunReport(
    Instant begun,
    Instant ended,
    long tests,
    List<LeakTestReport> leaks,
    long dropped,
    UnusedIgnores unused) {

  RunReport {
    leaks = List.copyOf(leaks);
  }

  /// Writes `leaks-PID.json` and `leaks-PID.html`: JVMs that test side by side write into one
  /// folder.
  void write(Path folder) throws IOException {
    String name = "leaks-" + ProcessHandle.current().pid();
    StringBuilder json = new StringBuilder();
    json(json);
    WholeFile.write(folder.resolve(name + ".json"), json.toString());
    WholeFile.write(folder.resolve(name + ".html"), RunPage.html(this));
  }

  /// One object of the schema `groundhog.test-leaks/1` on one line.
  void json(Appendable out) throws IOException {
    JsonWriter json = new JsonWriter(out);
    json.beginObject();
    json.name("schema").value("groundhog.test-leaks/1");
    json.name("pid").value(ProcessHandle.current().pid());
    json.name("runtime").value(Runtime.version().toString());
    json.name("begunAt").value(begun.toString());
    json.name("endedAt").value(ended.toString());
    json.name("tests").value(tests);
    json.name("leaks").beginArray();
    for (LeakTestReport leak : leaks) {
      leak(json, leak);
    }
    json.endArray();
    json.name("dropped").value(dropped);
    json.name("unusedIgnores").beginArray();
    ignores(json, unused.sure(), true);
    ignores(json, unused.unsure(), false);
    json.endArray();
    json.endObject();
    out.append('\n');
  }

  private static void leak(JsonWriter json, LeakTestReport leak) throws IOException {
    json.beginObject();
    json.name("test").value(leak.test());
    json.name("cures").beginArray();
    for (LeakedGroup group : leak.groups()) {
      json.beginObject();
      json.name("signature").value(group.signature());
      json.name("cure").value(group.cure());
      json.name("ignore").value(group.ignoreLine());
      json.endObject();
    }
    json.endArray();
    ReportWriter.write(json.name("report"), Judged.of(leak));
    json.endObject();
  }

  private static void ignores(JsonWriter json, List<Ignore> ignores, boolean sure)
      throws IOException {
    for (Ignore ignore : ignores) {
      json.beginObject();
      json.name("ignore").value(ignore.text());
      json.name("place").value(ignore.place());
      json.name("sure").value(sure);
      json.endObject();
    }
  }
}
