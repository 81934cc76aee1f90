package dev.groundhog.target;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.StackGroup;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The check of an integration test: after the work is done, none of these functions may be on any
/// stack of the process under test. It looks again and again until that holds or the time is over.
///
/// ```java
/// Target.of("http://127.0.0.1:6060").check().absent("Server.logsContainer").within(Duration.ofSeconds(10));
/// ```
///
/// Immutable.
public final class Check {
  /// The pause between two looks.
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final Target target;
  private final List<FunctionPattern> absent;

  Check(Target target, List<FunctionPattern> absent) {
    this.target = target;
    this.absent = List.copyOf(absent);
  }

  /// What the last look showed.
  ///
  /// @param present the groups that have one of the functions on their stacks; empty if the check
  ///   passed
  /// @param dump the last look
  /// @param looks how many looks were taken
  public record Result(List<StackGroup> present, Dump dump, int looks) {
    public Result {
      present = List.copyOf(present);
    }

    public boolean passed() {
      return present.isEmpty();
    }

    /// How many threads still have one of the functions on their stacks.
    public long threads() {
      return present.stream().mapToLong(StackGroup::count).sum();
    }
  }

  /// This check with more functions that must be absent; see [FunctionPattern] for how they are
  /// written.
  public Check absent(String... functions) {
    return absent(Stream.of(functions).map(FunctionPattern::parse).toList());
  }

  /// This check with more functions that must be absent.
  public Check absent(List<FunctionPattern> functions) {
    return new Check(target, Stream.concat(absent.stream(), functions.stream()).toList());
  }

  /// Looks until the functions are absent or `limit` is over, and fails then.
  ///
  /// @throws AssertionError if one is still there, with the stacks
  /// @throws TargetException if the target cannot be read
  public void within(Duration limit) throws TargetException, InterruptedException {
    Result result = run(limit);
    if (!result.passed()) {
      throw new AssertionError(describe(result, limit));
    }
  }

  /// Looks until the functions are absent or `limit` is over, and tells what it saw. At least one
  /// look is taken, and one more at the end of the limit.
  public Result run(Duration limit) throws TargetException, InterruptedException {
    if (absent.isEmpty()) {
      throw new IllegalStateException("name at least one function that must be absent");
    }
    Instant end = Instant.now().plus(limit);
    int looks = 0;
    while (true) {
      boolean last = !Instant.now().isBefore(end);
      Result result = look(++looks);
      if (result.passed() || last) {
        return result;
      }
      Duration left = Duration.between(Instant.now(), end);
      Duration pause = left.compareTo(PAUSE) < 0 ? left : PAUSE;
      if (pause.isPositive()) {
        Thread.sleep(pause);
      }
    }
  }

  private Result look(int number) throws TargetException {
    List<StackGroup> present = new ArrayList<>();
    Dump latest = target.dumps().getLast();
    for (StackGroup group : Groups.of(latest)) {
      if (absent.stream().anyMatch(pattern -> pattern.matches(group.stack()))) {
        present.add(group);
      }
    }
    return new Result(present, latest, number);
  }

  private String describe(Result result, Duration limit) {
    StringBuilder text = new StringBuilder();
    text.append(result.threads())
        .append(result.threads() == 1 ? " thread still has " : " threads still have ")
        .append(absent)
        .append(" on the stack after ")
        .append(limit.toMillis() / 1000.0)
        .append(" s in ")
        .append(target.name());
    for (StackGroup group : result.present()) {
      text.append("\n\n").append(group.count()).append(" × ").append(group.sample().state());
      group
          .stack()
          .frames()
          .forEach(f ->
              text.append("\n\tat ")
                  .append(f.function())
                  .append(" (")
                  .append(f.location())
                  .append(")"));
    }
    return text.toString();
  }
}
