package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;

/// Who left threads behind, as it was at one moment.
interface Owners {
  /// The names of those who left `threads`, for people: `A, B`.
  String of(Dump threads);
}
