package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// How the groups of one process grow from look to look, told apart by their signature and by where
/// their threads were started.
///
/// Bounded: so many looks are kept, and of each so many groups, the strongest verdicts and the
/// largest of them. Not thread-safe.
public final class Trends {
  /// @param createdBy empty if it is not known
  /// @param isSuppressed a reviewed rule expects them, which says nothing of the others
  private record Key(String signature, CallStack createdBy, boolean isSuppressed) {
    boolean isOf(Key other) {
      return signature.equals(other.signature) && isSuppressed == other.isSuppressed;
    }

    boolean tellsSite() {
      return !createdBy.frames().isEmpty();
    }
  }

  /// One group of the latest look.
  ///
  /// @param finding the strongest that there is to say of some of its threads
  /// @param createdBy where they were started; empty if it is not known
  /// @param count how many threads
  /// @param recorded of how many of them it is known that they were started there; the others are
  ///   taken for the same where no second place is known
  /// @param counts how many there were at each look that is kept, the oldest first; empty where the
  ///   look may have left it out
  /// @param growthPerMinute by how many threads a minute it grew over these looks; empty with one
  public record Row(
      Finding finding,
      CallStack createdBy,
      long count,
      long recorded,
      List<OptionalLong> counts,
      OptionalDouble growthPerMinute) {
    private static final Comparator<Row> ORDER =
        Comparator.comparing(Row::rank).thenComparing(Row::createdBy);

    private Rank rank() {
      return new Rank(finding.verdict(), count, growthPerMinute, finding.group().signature());
    }

    /// Whether something is held against it, or it grows though nothing expects that.
    public boolean isNews() {
      boolean isExpected = finding.verdict().equals(Optional.of(Verdict.EXPECTED));
      return finding.accused() || finding.grew() || (!isExpected && growthPerMinute.orElse(0) > 0);
    }
  }

  private final History<Key> history;
  private Map<Key, Finding> findings = Map.of();
  private long looks;

  /// @param maxLooks how many looks are kept
  /// @param maxGroups how many groups of each
  public Trends(int maxLooks, int maxGroups) {
    history = new History<>(maxLooks, maxGroups);
  }

  /// Adds a look, later than those before.
  ///
  /// @param nanos when it was taken, of [System#nanoTime]
  /// @param strongestFirst what there is to say of every group of `dump`
  public void add(long nanos, List<Finding> strongestFirst, Dump dump) {
    Map<Key, Key> known =
        history.groups().stream().collect(Collectors.toMap(key -> key, key -> key));
    Map<Key, Long> counts = new HashMap<>();
    Map<Key, Finding> strongest = new HashMap<>();
    for (Finding finding : strongestFirst) {
      for (int row : finding.group().rows()) {
        DumpThread thread = dump.row(row);
        Key key =
            new Key(
                finding.group().signature(),
                thread.createdBy(),
                finding.suppressedBy().isPresent());
        Key kept = known.computeIfAbsent(key, _ -> key);
        counts.merge(kept, thread.count(), Long::sum);
        strongest.putIfAbsent(kept, finding);
      }
    }
    history.add(
        nanos,
        counts,
        Comparator.comparing((Map.Entry<Key, Long> group) ->
                Optional.ofNullable(strongest.get(group.getKey()))
                    .flatMap(Finding::verdict)
                    .orElse(Verdict.EXPECTED))
            .thenComparing(Map.Entry.comparingByValue(Comparator.reverseOrder())));
    findings = strongest;
    looks++;
  }

  /// How many looks there were.
  public long looks() {
    return looks;
  }

  /// How many groups of the latest look were too many to be kept.
  public int leftOut() {
    return findings.size() - history.latest().size();
  }

  /// The groups of the latest look that are kept, the most important first.
  public List<Row> rows() {
    Set<Key> kept = history.groups();
    return history.latest().keySet().stream()
        .map(key -> together(key, kept))
        .distinct()
        .map(this::row)
        .sorted(Row.ORDER)
        .toList();
  }

  /// With those of the same signature whose start was not recorded, or with whom it was, unless
  /// several places are known.
  private static Set<Key> together(Key key, Set<Key> kept) {
    Set<Key> all = kept.stream().filter(key::isOf).collect(Collectors.toSet());
    return all.stream().filter(Key::tellsSite).count() > 1 ? Set.of(key) : all;
  }

  private Row row(Set<Key> keys) {
    Map<Key, Long> latest = history.latest();
    Optional<Key> site =
        keys.stream().filter(Key::tellsSite).filter(latest::containsKey).findFirst();
    Finding strongest =
        keys.stream()
            .flatMap(key -> Optional.ofNullable(findings.get(key)).stream())
            .min(Comparator.comparing(Finding::rank))
            .orElseThrow();
    return new Row(
        strongest,
        site.map(Key::createdBy).orElse(CallStack.EMPTY),
        keys.stream().mapToLong(key -> latest.getOrDefault(key, 0L)).sum(),
        site.map(latest::get).orElse(0L),
        history.counts(keys),
        history.growthPerMinute(keys));
  }
}
