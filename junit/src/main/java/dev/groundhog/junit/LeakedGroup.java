package dev.groundhog.junit;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.leak.StackGroup;

/// Threads that were left behind at one stack.
///
/// @param group how many, one of them as a sample, and their signature
/// @param cure what probably ends them, one line for people
/// @param ignoreLine the line that makes them expected, for [LeakCheck#ignore] or
///   [LeakOptions#ignoring]
public record LeakedGroup(StackGroup group, String cure, String ignoreLine) {
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
