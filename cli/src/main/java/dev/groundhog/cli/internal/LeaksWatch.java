package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Looks;
import dev.groundhog.leak.Trends;
import dev.groundhog.target.Target;
import dev.groundhog.target.TargetException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Looks at a process again and again.
///
/// @param proof if each look is to be a proof, how long threads must have waited to be judged
/// @param every the time between two looks
/// @param maxLooks after how many it ends
record LeaksWatch(
    Target target, LeakRules rules, Optional<Duration> proof, Duration every, long maxLooks) {
  /// As many as a line of 80 columns has room for.
  private static final int MAX_LOOKS_KEPT = 30;

  private static final int MAX_GROUPS_KEPT = 500;

  /// Who is told of each look.
  interface Output {
    /// Whether anybody still wants to know.
    boolean look(Trends trends, LeakReport report) throws IOException;
  }

  /// Looks until nobody wants to know, or the looks are over, and gives what the last one found.
  ///
  /// @throws TargetException if the target can't be read, or not any more
  List<Finding> run(Output output) throws IOException, InterruptedException {
    Looks seen = new Looks();
    Trends trends = new Trends(MAX_LOOKS_KEPT, MAX_GROUPS_KEPT);
    OptionalLong pid = OptionalLong.empty();
    while (true) {
      long began = System.nanoTime();
      Dump dump = look(seen, trends.looks());
      long taken = began + (System.nanoTime() - began) / 2;
      requireSame(pid, dump.process().pid(), trends.looks());
      pid = dump.process().pid();
      List<Finding> findings = rules.judge(dump, seen);
      trends.add(taken, findings, dump);
      boolean isWanted =
          output.look(trends, target.report(dump, seen.watched(), findings, List.of()));
      if (!isWanted || trends.looks() == maxLooks) {
        return findings;
      }
      Thread.sleep(every);
    }
  }

  private Dump look(Looks seen, long before) throws TargetException {
    try {
      return (proof.isPresent() ? target.prove(seen, proof.get()) : target.look(seen)).dump();
    } catch (TargetException e) {
      if (before == 0) {
        throw e;
      }
      throw new TargetException(
          TargetException.Code.UNREACHABLE,
          target.hasEnded()
              ? target.name() + " has ended, after " + looks(before)
              : "after " + looks(before) + ": " + e.getMessage(),
          e);
    }
  }

  /// What was seen of one process says nothing about another.
  private void requireSame(OptionalLong before, OptionalLong now, long looks)
      throws TargetException {
    if (before.isPresent() && now.isPresent() && before.getAsLong() != now.getAsLong()) {
      throw new TargetException(
          TargetException.Code.UNREACHABLE,
          target.name()
              + " was PID "
              + before.getAsLong()
              + " for "
              + looks(looks)
              + " and is PID "
              + now.getAsLong()
              + " now: watch it anew");
    }
  }

  private static String looks(long count) {
    return Text.count(count, "look", "looks");
  }
}
