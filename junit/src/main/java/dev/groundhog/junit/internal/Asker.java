package dev.groundhog.junit.internal;

import dev.groundhog.junit.LeakSnapshot;
import dev.groundhog.junit.Leaks;
import dev.groundhog.leak.Words;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Who asked for a check, and so where what it reports can be ignored.
enum Asker {
  /// `@LeakCheck`.
  ANNOTATION,
  /// The property alone, so that there is no annotation to write into.
  PROPERTY,
  /// A call of [Leaks] or of a [LeakSnapshot].
  CODE;

  private static final Set<String> API =
      Stream.of(LeakChecker.class, Leaks.class, LeakSnapshot.class)
          .map(Class::getName)
          .collect(Collectors.toUnmodifiableSet());

  /// What is to be pasted so that threads are expected that meet `conditions`. The reason in a file
  /// is empty, and has to be written by a person: without one the line is refused.
  String toIgnore(String conditions) {
    return switch (this) {
      case ANNOTATION -> "@LeakCheck(ignore = " + javaText(conditions) + ")";
      case PROPERTY -> "in " + SharedIgnores.FILE + ": " + Words.line(conditions) + " reason=\"\"";
      case CODE -> "LeakOptions.DEFAULT.ignoring(" + javaText(conditions) + ")";
    };
  }

  private static String javaText(String text) {
    return '"' + Words.line(text).replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /// What an error shows of where it was thrown. That of a check of JUnit's is in the machinery of
  /// the runner, which says nothing.
  StackTraceElement[] shown(StackTraceElement[] trace) {
    return this == CODE
        ? Stream.of(trace)
            .dropWhile(frame -> API.contains(frame.getClassName()))
            .toArray(StackTraceElement[]::new)
        : new StackTraceElement[0];
  }
}
