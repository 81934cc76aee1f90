package dev.groundhog.junit.internal;

import dev.groundhog.junit.LeakTestReport;
import dev.groundhog.junit.LeakedGroup;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.Verdict;
import java.util.List;
import java.util.Optional;

/// What a test left behind, as a report like every other.
public final class Judged {
  private Judged() {}

  /// All are `SUSPECTED`.
  public static LeakReport of(LeakTestReport leak) {
    return new LeakReport(
        leak.test(),
        leak.dump().process().time(),
        Optional.empty(),
        leak.dump(),
        leak.groups().stream().map(Judged::finding).toList(),
        leak.notes());
  }

  private static Finding finding(LeakedGroup leaked) {
    return new Finding(
        leaked.group(),
        Optional.of(Verdict.SUSPECTED),
        List.of("left behind by a test: " + leaked.cure()),
        Optional.empty(),
        Optional.empty(),
        true);
  }
}
