package dev.groundhog.e2e.libraries;

import java.util.Arrays;
import java.util.List;

/// Threads that nobody is blamed for.
///
/// @param name their name as in [#plain]; the check itself need not go by it
/// @param places their class, or functions on their stacks, one of which they are in
/// @param why they are no leak
record Stay(String name, List<String> places, String why) {
  static final Stay COMMON_POOL =
      new Stay(
          "ForkJoinPool.commonPool-worker-N",
          "java.util.concurrent.ForkJoinWorkerThread$InnocuousForkJoinWorkerThread",
          "the JDK's pool for all, idle");

  Stay(String name, String place, String why) {
    this(name, List.of(place), why);
  }

  boolean isOf(Thread thread) {
    return isAt(thread.getClass().getName(), thread)
        || Arrays.stream(thread.getStackTrace())
            .anyMatch(frame -> isAt(frame.getClassName() + "." + frame.getMethodName(), thread));
  }

  /// In a place of the JDK anybody can be, so there the name decides too.
  private boolean isAt(String place, Thread thread) {
    return places.contains(place)
        && (!place.startsWith("java.") || plain(thread.getName()).equals(name));
  }

  /// A thread's name without what differs from run to run.
  static String plain(String name) {
    return name.replaceAll("/\\S+", "PATH").replaceAll("\\d+", "N");
  }

  String cell() {
    return "`" + name + "`: " + why;
  }
}
