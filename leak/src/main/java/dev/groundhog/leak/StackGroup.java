package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.util.List;

/// Threads whose kind, stack and labels are equal, and what is proven of them.
///
/// @param signature a hash of the functions without lines or addresses, the same across builds
/// @param count how many threads
/// @param sample one of them
/// @param rows where the threads stand in the dump
public record StackGroup(String signature, long count, DumpThread sample, List<Integer> rows) {
  public StackGroup {
    rows = List.copyOf(rows);
  }

  public CallStack stack() {
    return sample.stack();
  }

  /// Some of its threads.
  ///
  /// @param some where they stand in `dump`, at least one
  StackGroup part(List<Integer> some, Dump dump) {
    long threads = some.stream().mapToLong(row -> dump.row(row).count()).sum();
    return new StackGroup(signature, threads, dump.row(some.getFirst()), some);
  }
}
