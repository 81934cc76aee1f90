package dev.groundhog.endpoint.internal;

import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.Verdict;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// A report as OpenMetrics 1.0 text.
public final class Metrics {
  /// Its media type.
  public static final String TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private Metrics() {}

  /// Threads by kind and state, and groups by verdict. Series that a JVM can have are there also
  /// when they are 0, so that a query never misses one.
  public static String text(LeakReport report) {
    Map<ThreadKind, Map<ThreadState, Long>> threads = new EnumMap<>(ThreadKind.class);
    report
        .dump()
        .forEach(thread ->
            threads
                .computeIfAbsent(thread.kind(), _ -> new EnumMap<>(ThreadState.class))
                .merge(thread.state(), thread.count(), Long::sum));
    Map<Verdict, Long> groups = new EnumMap<>(Verdict.class);
    report
        .findings()
        .forEach(finding -> finding.verdict().ifPresent(v -> groups.merge(v, 1L, Long::sum)));
    StringBuilder text = new StringBuilder();
    text.append("# TYPE groundhog_threads gauge\n");
    text.append("# HELP groundhog_threads Threads of this JVM by kind and state.\n");
    for (ThreadKind kind : new ThreadKind[] {ThreadKind.VIRTUAL, ThreadKind.PLATFORM}) {
      for (Thread.State state : Thread.State.values()) {
        long count =
            threads
                .getOrDefault(kind, Map.of())
                .getOrDefault(ThreadState.valueOf(state.name()), 0L);
        text.append("groundhog_threads{kind=\"").append(name(kind)).append("\",state=\"");
        text.append(name(state)).append("\"} ").append(count).append('\n');
      }
    }
    text.append("# TYPE groundhog_groups gauge\n");
    text.append("# HELP groundhog_groups Groups of threads with equal stacks by verdict.\n");
    for (Verdict verdict : Verdict.values()) {
      text.append("groundhog_groups{verdict=\"").append(name(verdict)).append("\"} ");
      text.append(groups.getOrDefault(verdict, 0L)).append('\n');
    }
    return text.append("# EOF\n").toString();
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
