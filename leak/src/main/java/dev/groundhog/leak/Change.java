package dev.groundhog.leak;

import java.util.OptionalLong;

/// How one signature changed between two dumps.
///
/// @param group a group of the later dump, or of the earlier one if the later has none; where lines
///   or labels differ, the largest of the groups that share the signature
/// @param before the number of threads in the earlier dump
/// @param after the number of threads in the later dump
/// @param newcomers how many of those in the later dump were not there before; empty if the dumps
///   are not known to be of one process
public record Change(StackGroup group, long before, long after, OptionalLong newcomers) {
  /// What became of the number of threads.
  public enum Kind {
    APPEARED,
    GREW,
    SHRANK,
    WENT,
    SAME
  }

  public Kind kind() {
    if (before == 0) {
      return Kind.APPEARED;
    }
    if (after == 0) {
      return Kind.WENT;
    }
    int growth = Long.compare(after, before);
    return growth > 0 ? Kind.GREW : growth < 0 ? Kind.SHRANK : Kind.SAME;
  }

  /// Threads more than before; negative if fewer.
  public long growth() {
    return after - before;
  }
}
