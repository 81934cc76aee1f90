package dev.groundhog.junit;

import dev.groundhog.junit.internal.IgnorePlace;
import dev.groundhog.leak.Suppressions;
import java.time.Duration;
import java.util.List;

/// How [Leaks] checks. Immutable: each method gives another one.
///
/// ```java
/// LeakOptions.DEFAULT.within(Duration.ofSeconds(2)).ignoring("function=com.acme.Reporter.run")
/// ```
///
/// @param within how long threads may take to end; at most an hour
/// @param onLeak what a leak leads to
/// @param ignored threads that are expected, beside those that the list of the library has
public record LeakOptions(Duration within, OnLeak onLeak, Suppressions ignored) {
  private static final Duration MAX_WITHIN = Duration.ofHours(1);

  /// Fails on whatever is there after 500 ms.
  public static final LeakOptions DEFAULT =
      new LeakOptions(Duration.ofMillis(500), OnLeak.FAIL, Suppressions.NONE);

  public LeakOptions {
    if (within.isNegative() || within.compareTo(MAX_WITHIN) > 0) {
      throw new IllegalArgumentException("within " + within + ": at most an hour, not less than 0");
    }
  }

  public LeakOptions within(Duration time) {
    return new LeakOptions(time, onLeak, ignored);
  }

  public LeakOptions onLeak(OnLeak action) {
    return new LeakOptions(within, action, ignored);
  }

  /// These, and ignores what the lines say.
  ///
  /// @param lines conditions as in a file of suppressions, `"function=com.acme.Reporter.run"`; all
  ///   of a line must hold, and the reason may be left out
  /// @throws IllegalArgumentException if one is malformed; the message says which and how
  public LeakOptions ignoring(String... lines) {
    String place = IgnorePlace.callerOf(LeakOptions.class);
    return new LeakOptions(within, onLeak, ignored.with(List.of(lines), place));
  }

  /// These, and ignores what a file of suppressions says.
  ///
  /// @see Suppressions#read
  public LeakOptions ignoring(Suppressions more) {
    return new LeakOptions(within, onLeak, ignored.and(more));
  }
}
