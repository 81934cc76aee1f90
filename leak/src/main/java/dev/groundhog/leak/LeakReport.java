package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What was found in one target: the facts behind every form in which a report is shown.
///
/// @param target what a person calls it: the file's name, the URL, `PID 1234`
/// @param takenAt when the last look was asked for; empty for a file that does not tell
/// @param watched from the first look to the last; empty if there was one look only
/// @param dump the last look
/// @param findings what there is to say of its groups
/// @param warnings what the person who asked should know besides the dump's own warnings: a
///   suppression that expects nothing, a stale name
/// @param history how many threads each signature had before; empty where nobody remembers
public record LeakReport(
    String target,
    Optional<Instant> takenAt,
    Optional<Duration> watched,
    Dump dump,
    List<Finding> findings,
    List<String> warnings,
    Map<String, List<History.Point>> history) {
  public LeakReport {
    findings = List.copyOf(findings);
    warnings = List.copyOf(warnings);
    history = Map.copyOf(history);
  }

  /// A report of which nobody remembers what was before.
  public LeakReport(
      String target,
      Optional<Instant> takenAt,
      Optional<Duration> watched,
      Dump dump,
      List<Finding> findings,
      List<String> warnings) {
    this(target, takenAt, watched, dump, findings, warnings, Map.of());
  }

  /// The same report, where somebody remembers what was before.
  public LeakReport remembering(History<String> looks, long nowNanos) {
    Map<String, List<History.Point>> points =
        findings.stream()
            .map(finding -> finding.group().signature())
            .distinct()
            .collect(Collectors.toMap(signature -> signature, s -> looks.of(s, nowNanos)));
    return new LeakReport(target, takenAt, watched, dump, findings, warnings, points);
  }

  /// Those that something is held against.
  public List<Finding> accused() {
    return findings.stream().filter(Finding::accused).toList();
  }

  /// Those that belong there, each by a rule.
  public List<Finding> expected() {
    return findings.stream()
        .filter(f -> f.verdict().equals(Optional.of(Verdict.EXPECTED)))
        .toList();
  }

  /// Those that wait, and that a longer watch would decide.
  public List<Finding> undecided() {
    return findings.stream().filter(Finding::undecided).toList();
  }

  /// How many threads `findings` stand for.
  public static long threads(List<Finding> findings) {
    return findings.stream().mapToLong(finding -> finding.group().count()).sum();
  }
}
