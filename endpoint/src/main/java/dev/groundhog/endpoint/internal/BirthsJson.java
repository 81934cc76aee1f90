package dev.groundhog.endpoint.internal;

import dev.groundhog.dump.JsonWriter;
import dev.groundhog.endpoint.BirthCounts;
import dev.groundhog.endpoint.BirthCounts.Site;
import dev.groundhog.leak.StackJson;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;

/// How many threads were started, and from where, as `groundhog.births/1`.
public final class BirthsJson {
  private BirthsJson() {}

  /// One JSON object on one line. Sites with most threads alive come first; null is what is not
  /// known.
  public static void write(BirthCounts counts, Appendable out) throws IOException {
    JsonWriter json = new JsonWriter(out);
    json.beginObject();
    json.name("schema").value("groundhog.births/1");
    json.name("recordedSeconds").value(counts.over().toMillis() / 1000.0);
    json.name("oneOf").value(counts.oneOf());
    total(json.name("virtual"), counts.virtualThreads());
    total(json.name("platform"), counts.platformThreads());
    json.name("notRemembered").value(counts.notRemembered());
    json.name("resolvedStacks").value(counts.resolvedStacks());
    json.name("sites").beginArray();
    List<Site> sites =
        counts.sites().stream()
            .sorted(
                Comparator.comparingLong((Site site) -> site.alive().estimate().orElse(0))
                    .thenComparingLong(site -> site.started().estimate().orElse(0))
                    .reversed())
            .toList();
    for (Site site : sites) {
      site(json, site);
    }
    json.endArray().endObject();
    out.append('\n');
  }

  private static void total(JsonWriter json, BirthCounts.Total total) throws IOException {
    json.beginObject();
    json.name("started").value(total.started());
    json.name("ended").value(total.ended());
    json.name("alive").value(total.alive());
    json.endObject();
  }

  private static void site(JsonWriter json, Site site) throws IOException {
    json.onNewLine().beginObject();
    json.name("kind").value(site.kind().name());
    json.name("started").value(site.started().estimate());
    json.name("alive").value(site.alive().estimate());
    json.name("ended").value(site.ended());
    json.name("collected").value(site.collected().estimate());
    json.name("peak").value(site.peak());
    json.name("startedError").value(site.started().error());
    json.name("aliveError").value(site.alive().error());
    StackJson.write(json.name("createdBy"), site.stack());
    json.endObject();
  }
}
