package dev.groundhog.junit;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.leak.StackGroup;

/// Threads that were left behind at one stack.
///
/// @param group how many, one of them as a sample, and their signature
/// @param test who left them behind, `QueueTest.take()`; of a report with threads of several tests,
///   those of these threads
/// @param cure what probably ends them, one line for people
/// @param ignoreLine the line that makes them expected, for [LeakCheck#ignore] or
///   [LeakOptions#ignoring]
/// @param toIgnore the same as it is pasted where the check was asked for: `@LeakCheck(ignore =
///   "…")`, `LeakOptions.DEFAULT.ignoring("…")`, or the shared file and a line of it, whose reason
///   a person has to write
public record LeakedGroup(
    StackGroup group, String test, String cure, String ignoreLine, String toIgnore) {
  public long count() {
    return group.count();
  }

  public DumpThread sample() {
    return group.sample();
  }

  public String signature() {
    return group.signature();
  }
}
