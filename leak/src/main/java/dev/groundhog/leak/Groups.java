package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Folds a dump into stack groups.
public final class Groups {
  private static final int SIGNATURE_BYTES = 6;

  private record Key(ThreadKind kind, CallStack stack, Map<String, String> labels, Proven proven)
      implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing(Key::stack).thenComparing(key -> new TreeMap<>(key.labels).toString());

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /// What a dump tells to be proven.
  private enum Proven {
    NOTHING,
    LEAKED,
    STRANDED;

    static Proven of(DumpThread thread) {
      return !thread.leaked() ? NOTHING : thread.stranded() ? STRANDED : LEAKED;
    }
  }

  private static final class Members {
    final DumpThread sample;
    final List<Integer> rows = new ArrayList<>();
    long count;

    Members(DumpThread sample) {
      this.sample = sample;
    }
  }

  private Groups() {}

  /// The groups of `dump`, largest first, equal ones in the order of the dump.
  public static List<StackGroup> of(Dump dump) {
    Map<Key, Members> byKey = new LinkedHashMap<>();
    for (int row = 0; row < dump.rows(); row++) {
      DumpThread thread = dump.row(row);
      Members members =
          byKey.computeIfAbsent(
              new Key(thread.kind(), known(thread), thread.labels(), Proven.of(thread)),
              _ -> new Members(thread));
      members.rows.add(row);
      members.count += thread.count();
    }
    return byKey.values().stream()
        .map(m -> new StackGroup(signature(m.sample), m.count, m.sample, m.rows))
        .sorted(Comparator.comparingLong(StackGroup::count).reversed())
        .toList();
  }

  /// How many threads of `dump` each signature has.
  public static Map<String, Long> counts(Dump dump) {
    return of(dump).stream()
        .collect(
            Collectors.groupingBy(
                StackGroup::signature, Collectors.summingLong(StackGroup::count)));
  }

  /// Where a thread is, or was started if it was collected and is nowhere.
  private static CallStack known(DumpThread thread) {
    return thread.wasCollected() ? thread.createdBy() : thread.stack();
  }

  /// The signature of a thread: SHA-256 over kind and function names, cut to 12 hexadecimal digits.
  /// Numbers in the names of lambdas and hidden classes differ between builds and are left out, and
  /// so are the frames of a server that led to labelled work. Of a thread that was collected, whose
  /// stack nobody knows, it is that of its creation site.
  public static String signature(DumpThread thread) {
    MessageDigest digest = sha256();
    boolean isGo = thread.kind() == ThreadKind.GOROUTINE;
    digest.update((byte) (thread.wasCollected() ? 'c' : isGo ? 'g' : 'j'));
    for (Frame frame : LabelledWork.stack(known(thread)).frames()) {
      digest.update(stable(frame.function()).getBytes(StandardCharsets.UTF_8));
      digest.update((byte) '\n');
    }
    return HexFormat.of().formatHex(digest.digest(), 0, SIGNATURE_BYTES);
  }

  private static String stable(String function) {
    if (function.indexOf('$') < 0) {
      return function;
    }
    return function
        .replaceAll("\\$\\$Lambda[^.]*", "\\$\\$Lambda")
        .replaceAll("(lambda\\$[^$]*)\\$\\d+", "$1")
        .replaceAll("(GeneratedMethodAccessor|\\$Proxy)\\d+", "$1");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
