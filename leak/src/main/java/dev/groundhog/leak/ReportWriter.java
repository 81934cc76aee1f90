package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.JsonWriter;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import dev.groundhog.dump.Warning;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Writes a report for programs. The schema is `groundhog.report/1`; a member may be added without
/// a new number, none is removed or changes its meaning.
public final class ReportWriter {
  /// Each group lists at most this many of its threads, in the order of the dump.
  public static final int MAX_THREADS = 1_000;

  private static final int MAX_SITES = 10;
  private static final int MAX_CLASSES = 10;

  private ReportWriter() {}

  /// One JSON object on one line. Nothing is closed or flushed.
  public static void json(LeakReport report, Appendable out) throws IOException {
    write(new JsonWriter(out), report);
    out.append('\n');
  }

  /// The same object as a value of something greater.
  public static void write(JsonWriter json, LeakReport report) throws IOException {
    json.beginObject();
    json.name("schema").value("groundhog.report/1");
    json.name("target").value(report.target());
    json.name("takenAt").value(report.takenAt().map(Instant::toString));
    seconds(json.name("watchedSeconds"), report.watched());
    json.name("threads").value(report.dump().threadCount());
    json.name("maxThreads").value(MAX_THREADS);
    warnings(json.name("warnings"), report);
    json.name("groups").beginArray();
    for (Finding finding : report.findings()) {
      group(json, finding, report);
    }
    json.endArray();
    json.endObject();
  }

  /// What changed between two dumps, as one JSON object on one line; the schema is
  /// `groundhog.diff/1`. Groups that stayed are left out.
  ///
  /// @param before what a person calls the earlier target
  /// @param after what a person calls the later one
  public static void json(String before, String after, List<Change> changes, Appendable out)
      throws IOException {
    JsonWriter json = new JsonWriter(out);
    json.beginObject();
    json.name("schema").value("groundhog.diff/1");
    json.name("before").value(before);
    json.name("after").value(after);
    json.name("groups").beginArray();
    for (Change change : changes) {
      if (change.kind() != Change.Kind.SAME) {
        change(json, change);
      }
    }
    json.endArray().endObject();
    out.append('\n');
  }

  private static void change(JsonWriter json, Change change) throws IOException {
    DumpThread sample = change.group().sample();
    json.beginObject();
    json.name("signature").value(change.group().signature());
    json.name("change").value(change.kind().name());
    json.name("before").value(change.before());
    json.name("after").value(change.after());
    json.name("new").value(change.newcomers());
    json.name("kind").value(sample.kind().name());
    json.name("state").value(state(sample));
    json.name("waitingOn").value(waitingOn(sample));
    StackJson.write(json.name("stack"), sample.stack());
    elided(json.name("elided"), sample.stack());
    StackJson.write(json.name("createdBy"), sample.createdBy());
    json.endObject();
  }

  static void warnings(JsonWriter json, LeakReport report) throws IOException {
    json.beginArray();
    for (Warning warning : report.dump().warnings()) {
      json.value(warning.toString());
    }
    for (String warning : report.warnings()) {
      json.value(warning);
    }
    json.endArray();
  }

  private static void group(JsonWriter json, Finding finding, LeakReport report)
      throws IOException {
    StackGroup group = finding.group();
    DumpThread sample = group.sample();
    json.beginObject();
    json.name("signature").value(group.signature());
    json.name("verdict").value(finding.verdict().map(Enum::name));
    json.name("count").value(group.count());
    json.name("kind").value(sample.kind().name());
    json.name("state").value(state(sample));
    json.name("waitingOn").value(waitingOn(sample));
    seconds(json.name("waitedSeconds"), finding.atLeast());
    seconds(json.name("clientGoneSeconds"), longestGone(group, report.dump()));
    json.name("reasons").beginArray();
    for (String reason : finding.reasons()) {
      json.value(reason);
    }
    json.endArray();
    StackJson.write(json.name("stack"), sample.stack());
    elided(json.name("elided"), sample.stack());
    creationSites(json, CreationSite.of(group, report.dump()));
    json.name("labels").beginObject();
    for (var label : new TreeMap<>(sample.labels()).entrySet()) {
      json.name(label.getKey()).value(label.getValue());
    }
    json.endObject();
    json.name("retainedBytes").nullValue();
    rate(json.name("growthPerMinute"), finding.growthPerMinute());
    waitedOn(json.name("waitedOn"), WaitedOn.of(group, report.dump()));
    ages(json.name("startedSecondsAgo"), Ages.of(group, report.dump()));
    threads(json.name("threads"), group.rows(), report);
    if (!report.history().isEmpty()) {
      history(json.name("history"), report.history().getOrDefault(group.signature(), List.of()));
    }
    json.endObject();
  }

  /// The most frequent one, as what it was before there could be several, and all up to a bound.
  private static void creationSites(JsonWriter json, List<CreationSite> sites) throws IOException {
    StackJson.write(
        json.name("createdBy"),
        sites.stream().map(CreationSite::stack).findFirst().orElse(CallStack.EMPTY));
    json.name("creationSites").beginArray();
    for (CreationSite site : sites.subList(0, Math.min(MAX_SITES, sites.size()))) {
      json.beginObject();
      json.name("threads").value(site.threads());
      StackJson.write(json.name("createdBy"), site.stack());
      json.endObject();
    }
    json.endArray();
  }

  private static void waitedOn(JsonWriter json, List<WaitedOn> classes) throws IOException {
    json.beginArray();
    for (WaitedOn one : classes.subList(0, Math.min(MAX_CLASSES, classes.size()))) {
      json.beginObject();
      json.name("class").value(one.type());
      json.name("threads").value(one.threads());
      json.name("objects")
          .value(one.objects() == 0 ? OptionalLong.empty() : OptionalLong.of(one.objects()));
      json.endObject();
    }
    json.endArray();
  }

  private static void ages(JsonWriter json, Optional<Ages> ages) throws IOException {
    if (ages.isEmpty()) {
      json.nullValue();
      return;
    }
    json.beginObject();
    json.name("threads").value(ages.get().threads());
    seconds(json.name("youngest"), Optional.of(ages.get().youngest()));
    seconds(json.name("oldest"), Optional.of(ages.get().oldest()));
    json.endObject();
  }

  private static Optional<Duration> longestGone(StackGroup group, Dump dump) {
    return group.rows().stream()
        .flatMap(row -> dump.row(row).clientGone().stream())
        .max(Comparator.naturalOrder());
  }

  private static void history(JsonWriter json, List<History.Point> points) throws IOException {
    json.beginArray();
    for (History.Point point : points) {
      json.beginObject();
      seconds(json.name("secondsAgo"), Optional.of(point.ago()));
      json.name("count").value(point.count());
      json.endObject();
    }
    json.endArray();
  }

  static Optional<String> state(DumpThread thread) {
    return Optional.of(thread.state()).filter(s -> s != ThreadState.UNKNOWN).map(Enum::name);
  }

  /// The runtime's own words where it has some, else the kind of the wait.
  static Optional<String> waitingOn(DumpThread thread) {
    if (!thread.waitReason().isEmpty()) {
      return Optional.of(thread.waitReason());
    }
    return Optional.of(thread.waitKind())
        .filter(kind -> kind != WaitKind.NONE && kind != WaitKind.UNKNOWN)
        .map(Enum::name);
  }

  /// Where the runtime left frames out, and how many if it says so.
  private static void elided(JsonWriter json, CallStack stack) throws IOException {
    if (stack.elidedAfter() < 0) {
      json.nullValue();
      return;
    }
    json.beginObject();
    json.name("after").value(stack.elidedAfter());
    json.name("frames")
        .value(stack.elided() < 0 ? OptionalLong.empty() : OptionalLong.of(stack.elided()));
    json.endObject();
  }

  private static void threads(JsonWriter json, List<Integer> rows, LeakReport report)
      throws IOException {
    json.beginArray();
    for (int row : rows.subList(0, Math.min(MAX_THREADS, rows.size()))) {
      DumpThread thread = report.dump().row(row);
      json.beginObject();
      json.name("id").value(thread.id());
      json.name("name").value(thread.name());
      json.endObject();
    }
    json.endArray();
  }

  /// To a hundredth of a thread.
  static void rate(JsonWriter json, OptionalDouble perMinute) throws IOException {
    if (perMinute.isPresent()) {
      json.value(Math.round(perMinute.getAsDouble() * 100) / 100.0);
    } else {
      json.nullValue();
    }
  }

  static void seconds(JsonWriter json, Optional<Duration> duration) throws IOException {
    if (duration.isPresent()) {
      json.value(duration.get().toMillis() / 1000.0);
    } else {
      json.nullValue();
    }
  }
}
