package dev.groundhog.leak;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The suppressions of a reviewed file, one on each line; empty lines and lines that begin with `#`
/// are passed over. All conditions of a line must hold, and every line needs a reason:
///
/// ```
/// # the metrics library has one reporter for each registry
/// root=com.acme.metrics.Reporter.run name=reporter-* reason="one for each registry, ends with it"
/// ```
///
/// The keys are those of [Suppression.Key]. A function is written as for [FunctionPattern]. Inside
/// quotes a backslash takes the next character as it is. Immutable.
///
/// @param rules in the order of the file; the first that matches counts
public record Suppressions(List<Suppression> rules) {
  public static final Suppressions NONE = new Suppressions(List.of());

  private static final int MAX_LINES = 10_000;
  private static final int MAX_LINE = 10_000;

  public Suppressions {
    rules = List.copyOf(rules);
  }

  /// Reads a file of at most 10,000 lines of at most 10,000 characters.
  ///
  /// @param name what the file is called in messages
  /// @throws LeakException if a line is malformed or the file too large; the message names the
  ///   first such line
  public static Suppressions read(Reader input, String name) throws IOException {
    BufferedReader lines = new BufferedReader(input);
    List<Suppression> rules = new ArrayList<>();
    int number = 0;
    for (Optional<String> line = line(lines, name, 1);
        line.isPresent();
        line = line(lines, name, number + 1)) {
      number++;
      String text = line.get().strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      String place = name + ":" + number;
      try {
        rules.add(SuppressionLine.parse(text, place, Optional.empty()));
      } catch (IllegalArgumentException e) {
        throw new LeakException(LeakException.Code.MALFORMED, place + ": " + e.getMessage());
      }
    }
    return new Suppressions(rules);
  }

  /// These rules, then `more`.
  public Suppressions and(Suppressions more) {
    return new Suppressions(Stream.concat(rules.stream(), more.rules.stream()).toList());
  }

  /// These rules, and one for each of `lines`, in which no reason has to stand.
  ///
  /// @param place where they stand, which is their reason too
  /// @throws IllegalArgumentException if one is malformed; the message says which and how
  public Suppressions with(List<String> lines, String place) {
    List<Suppression> all = new ArrayList<>(rules);
    for (String line : lines) {
      try {
        all.add(SuppressionLine.parse(line, place, Optional.of(place)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(place + " \"" + line + "\": " + e.getMessage(), e);
      }
    }
    return new Suppressions(all);
  }

  private static Optional<String> line(BufferedReader input, String name, int number)
      throws IOException {
    StringBuilder line = new StringBuilder();
    int c = input.read();
    if (c < 0) {
      return Optional.empty();
    }
    while (c >= 0 && c != '\n') {
      line.append((char) c);
      if (line.length() > MAX_LINE || number > MAX_LINES) {
        throw new LeakException(
            LeakException.Code.TOO_LARGE,
            name + ":" + number + ": at most 10,000 lines of 10,000 characters are read");
      }
      c = input.read();
    }
    return Optional.of(line.toString());
  }

  /// Those that expect none of the threads that were judged: to be removed, or misspelt.
  public List<Suppression> unused(List<Finding> findings) {
    Set<Suppression> used =
        findings.stream().flatMap(f -> f.suppressedBy().stream()).collect(Collectors.toSet());
    return rules.stream().filter(rule -> !used.contains(rule)).toList();
  }

  /// Splits a group into the parts that a rule expects and the part that none does: threads of one
  /// stack may differ in their names.
  Map<Optional<Suppression>, StackGroup> split(StackGroup group, Dump dump) {
    List<Suppression> candidates =
        rules.stream().filter(rule -> rule.matchesStackOf(group.sample())).toList();
    if (candidates.isEmpty()) {
      return Map.of(Optional.empty(), group);
    }
    Map<Optional<Suppression>, List<Integer>> parts = new LinkedHashMap<>();
    for (int row : group.rows()) {
      DumpThread thread = dump.row(row);
      Optional<Suppression> first =
          candidates.stream().filter(rule -> rule.matchesThread(thread)).findFirst();
      parts.computeIfAbsent(first, _ -> new ArrayList<>()).add(row);
    }
    if (parts.size() == 1) {
      return Map.of(parts.keySet().iterator().next(), group);
    }
    Map<Optional<Suppression>, StackGroup> split = new LinkedHashMap<>();
    parts.forEach((rule, rows) -> split.put(rule, group.part(rows, dump)));
    return split;
  }

  /// The groups of `dump` without the threads that a rule expects.
  public List<StackGroup> unsuppressed(List<StackGroup> groups, Dump dump) {
    return unsuppressed(groups, dump, _ -> {});
  }

  /// The same, and tells `used` of each rule that expects some of the threads, once for a group.
  public List<StackGroup> unsuppressed(
      List<StackGroup> groups, Dump dump, Consumer<Suppression> used) {
    List<StackGroup> others = new ArrayList<>();
    for (StackGroup group : groups) {
      split(group, dump)
          .forEach((rule, part) -> rule.ifPresentOrElse(used, () -> others.add(part)));
    }
    return others;
  }
}
