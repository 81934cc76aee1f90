package dev.groundhog.e2e.disconnects;

import java.time.Duration;
import java.util.Locale;

/// Rounds of clients that hang up, and how often nothing was left of them in time.
///
/// **Limits**: what else runs on the machine may slow the daemon down, so of up to three rounds one
/// has to be in time, and of none may anything be left for good. How many were late is told.
final class Rounds {
  static final Duration IN_TIME = Duration.ofSeconds(2);
  private static final int TRIES = 3;

  private final Duration patience;
  private int all;
  private int late;

  /// @param patience after which what is left is left for good
  Rounds(Duration patience) {
    this.patience = patience;
  }

  /// All come, and all hang up.
  interface Round {
    void run() throws Exception;
  }

  /// What is left of a round after this time, in words; empty if nothing is.
  interface Look {
    String left(Duration within) throws Exception;
  }

  /// @param what clients hung up, and when
  boolean isInTime(String what, Round round, Look look) throws Exception {
    for (int i = 0; i < TRIES; i++) {
      round.run();
      all++;
      String left = look.left(IN_TIME);
      System.out.printf(
          Locale.ROOT,
          "%s; %s%n",
          what,
          left.isEmpty() ? "nothing is left" : "after 2 s are left " + left);
      if (left.isEmpty()) {
        return true;
      }
      late++;
      String leftForGood = look.left(patience);
      if (!leftForGood.isEmpty()) {
        System.out.println("and for good " + leftForGood);
        return false;
      }
    }
    return false;
  }

  String lateOnes() {
    return "%d of %d rounds late".formatted(late, all);
  }
}
