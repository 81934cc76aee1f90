package dev.groundhog.target;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.StackGroup;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Groups of threads as plain text, for the message of an error and for files that CI reads.
public final class StackText {
  private static final int MAX_SHOWN = 20;

  private StackText() {}

  /// The groups' sizes and stacks as text: the first 20 groups, control characters replaced.
  public static String of(List<StackGroup> groups) {
    return first(groups, group -> text(group, List.of()));
  }

  /// The same, with what is held against each group.
  public static String withReasons(List<Finding> findings) {
    return first(findings, finding -> text(finding.group(), finding.reasons()));
  }

  static <T> String first(List<T> all, Function<T, String> text) {
    return all.stream().limit(MAX_SHOWN).map(text).collect(Collectors.joining("\n"))
        + (all.size() <= MAX_SHOWN ? "" : "\nand " + (all.size() - MAX_SHOWN) + " more stacks\n");
  }

  static String text(StackGroup group, List<String> reasons) {
    DumpThread sample = group.sample();
    StringBuilder text = new StringBuilder();
    text.append(group.count()).append(" × ");
    text.append(
        safe(sample.waitReason().isEmpty() ? sample.state().toString() : sample.waitReason()));
    if (!sample.labels().isEmpty()) {
      text.append(", ").append(safe(new TreeMap<>(sample.labels()).toString()));
    }
    text.append('\n');
    reasons.forEach(reason -> text.append("\tbecause ").append(safe(reason)).append('\n'));
    for (Frame frame : group.stack().frames()) {
      text.append("\tat ").append(safe(frame.function()));
      text.append(" (").append(safe(frame.location())).append(")\n");
    }
    return text.toString();
  }

  private static String safe(String foreign) {
    return foreign.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "\uFFFD");
  }
}
