package dev.groundhog.target;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.Warning;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.leak.Verdict;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the last look of a [Check] showed.
///
/// @param present the groups that have one of the functions on their stacks, marked ones too
/// @param abandoned the groups that work for clients who have gone, if that was asked; their
///   threads can be in `present` too
/// @param silent why the target does not tell whose clients have gone, if that was asked
/// @param unknown the names that the target does not know
/// @param last the last look
/// @param looks how many looks were taken
/// @param marked the functions that the target marks, if that was asked
public record CheckResult(
    List<StackGroup> present,
    List<Finding> abandoned,
    Optional<String> silent,
    List<UnknownName> unknown,
    Target.Look last,
    int looks,
    MarkedFunctions marked) {
  public CheckResult {
    present = List.copyOf(present);
    abandoned = List.copyOf(abandoned);
    unknown = List.copyOf(unknown);
  }

  /// What the last look showed.
  public Dump dump() {
    return last.dump();
  }

  /// The same with these names.
  CheckResult with(List<UnknownName> names) {
    return new CheckResult(present, abandoned, silent, names, last, looks, marked);
  }

  /// Something is there that may not be.
  public boolean failed() {
    return !present.isEmpty() || !abandoned.isEmpty();
  }

  /// Nothing is there that may not be, and nothing of the dump was lost.
  public boolean passed() {
    return !failed() && incomplete().isEmpty();
  }

  /// Why the check neither passed nor failed: nothing was seen, but it may be in what was lost of
  /// the dump, or in what the target does not tell.
  public Optional<String> incomplete() {
    return failed() ? Optional.empty() : lost().or(() -> silent);
  }

  /// What there is to say of a dump of which something was lost.
  public Optional<String> lost() {
    List<Warning> lost = dump().warnings();
    return lost.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the dump is incomplete, so nothing is shown by what is not in it: "
                + lost.getFirst()
                + (lost.size() == 1 ? "" : " (and " + (lost.size() - 1) + " more)"));
  }

  /// What there is to say of stacks in whose middle the runtime left out frames, as Go does behind
  /// the first 50 of long ones: a function may have been among them.
  public Optional<String> elided() {
    long[] threads = {0};
    dump().forEach(t -> threads[0] += t.stack().elided() == 0 ? 0 : t.count());
    return threads[0] == 0
        ? Optional.empty()
        : Optional.of("stacks from which the runtime left out frames: " + threads[0]);
  }

  /// The groups that have `pattern` on their stacks.
  public List<StackGroup> present(FunctionPattern pattern) {
    return present.stream().filter(group -> pattern.matches(group.stack())).toList();
  }

  /// What there is to say of the groups that are still there, as in a report.
  public List<Finding> findings(List<FunctionPattern> absent) {
    return Stream.concat(abandoned.stream(), present.stream().map(group -> finding(group, absent)))
        .toList();
  }

  private Finding finding(StackGroup group, List<FunctionPattern> absent) {
    List<String> reasons =
        Stream.concat(
                absent.stream()
                    .filter(pattern -> pattern.matches(group.stack()))
                    .map(pattern -> pattern + " is still on the stack"),
                marked.reasonsOn(group.stack()).stream())
            .toList();
    return new Finding(
        group, Optional.of(Verdict.SUSPECTED), reasons, Optional.empty(), Optional.empty(), false);
  }

  /// The names of which a check can never fail.
  public List<UnknownName> stale() {
    return unknown.stream().filter(UnknownName::stale).toList();
  }

  /// How many threads still have one of the functions on their stacks.
  public long threads() {
    return present.stream().mapToLong(StackGroup::count).sum();
  }
}
