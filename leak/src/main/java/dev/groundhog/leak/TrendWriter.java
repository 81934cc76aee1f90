package dev.groundhog.leak;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.JsonWriter;
import java.io.IOException;
import java.time.Instant;
import java.util.OptionalLong;

/// Writes for programs how groups grow. The schema is `groundhog.watch/1`; a member may be added
/// without a new number, none is removed or changes its meaning.
public final class TrendWriter {
  private TrendWriter() {}

  /// The latest look as one JSON object on one line. Nothing is closed or flushed.
  ///
  /// @param report the report of that look
  public static void json(Trends trends, LeakReport report, Appendable out) throws IOException {
    JsonWriter json = new JsonWriter(out);
    json.beginObject();
    json.name("schema").value("groundhog.watch/1");
    json.name("target").value(report.target());
    json.name("takenAt").value(report.takenAt().map(Instant::toString));
    json.name("look").value(trends.looks());
    ReportWriter.seconds(json.name("watchedSeconds"), report.watched());
    json.name("threads").value(report.dump().threadCount());
    ReportWriter.warnings(json.name("warnings"), report);
    json.name("leftOut").value(trends.leftOut());
    json.name("groups").beginArray();
    for (Trends.Row row : trends.rows()) {
      row(json, row);
    }
    json.endArray();
    json.endObject();
    out.append('\n');
  }

  private static void row(JsonWriter json, Trends.Row row) throws IOException {
    Finding finding = row.finding();
    DumpThread sample = finding.group().sample();
    json.beginObject();
    json.name("signature").value(finding.group().signature());
    json.name("verdict").value(finding.verdict().map(Enum::name));
    json.name("count").value(row.count());
    ReportWriter.rate(json.name("growthPerMinute"), row.growthPerMinute());
    json.name("counts").beginArray();
    for (OptionalLong count : row.counts()) {
      json.value(count);
    }
    json.endArray();
    json.name("kind").value(sample.kind().name());
    json.name("state").value(ReportWriter.state(sample));
    json.name("waitingOn").value(ReportWriter.waitingOn(sample));
    ReportWriter.seconds(json.name("waitedSeconds"), finding.atLeast());
    json.name("function").value(Origin.top(sample.stack(), sample.kind()).map(Frame::function));
    StackJson.write(json.name("createdBy"), row.createdBy());
    json.name("recorded").value(row.recorded());
    json.endObject();
  }
}
