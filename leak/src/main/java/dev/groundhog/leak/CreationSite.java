package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Where threads of a group were started.
///
/// @param stack the creator's own frames first, never empty
/// @param threads how many of the group are known to be from there
public record CreationSite(CallStack stack, long threads) {
  /// The creation sites of `group`, the most frequent first; those of threads whose start was not
  /// recorded are missing.
  public static List<CreationSite> of(StackGroup group, Dump dump) {
    Map<CallStack, Long> counts = new LinkedHashMap<>();
    for (int row : group.rows()) {
      DumpThread thread = dump.row(row);
      if (!thread.createdBy().frames().isEmpty()) {
        counts.merge(thread.createdBy(), thread.count(), Long::sum);
      }
    }
    return counts.entrySet().stream()
        .map(site -> new CreationSite(site.getKey(), site.getValue()))
        .sorted(Comparator.comparingLong(CreationSite::threads).reversed())
        .toList();
  }
}
