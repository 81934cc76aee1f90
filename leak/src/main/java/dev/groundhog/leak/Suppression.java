package dev.groundhog.leak;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A rule that a person has reviewed: threads that match all its conditions are expected.
///
/// @param conditions at least one; all must hold
/// @param reason why the threads are expected, never empty
/// @param place where it stands, `leaks.suppressions:7`
public record Suppression(List<Condition> conditions, String reason, String place) {
  public Suppression {
    conditions = List.copyOf(conditions);
    if (conditions.isEmpty() || reason.isBlank()) {
      throw new IllegalArgumentException("a suppression needs a condition and a reason");
    }
  }

  /// Its conditions as they are written in a line: `function=com.acme.Server.run name="a b"`.
  public String text() {
    return conditions.stream()
        .map(each -> each.key().text() + "=" + SuppressionLine.quoted(each.value()))
        .collect(Collectors.joining(" "));
  }

  /// What a condition looks at.
  public enum Key {
    /// The group's signature, as a report prints it.
    SIGNATURE(true),
    /// The thread's name, in which `*` stands for anything.
    NAME(false),
    /// The class of a function on the stack.
    CLASS(true),
    /// A function on the stack.
    FUNCTION(true),
    /// The innermost function of the program itself on the stack.
    TOP(true),
    /// The outermost function of the stack.
    ROOT(true),
    /// The JVM's thread container, in which `*` stands for anything:
    /// `java.util.concurrent.ThreadPerTaskExecutor@*`.
    CONTAINER(false),
    /// The class of the JVM's thread, as `class` is written.
    THREAD_CLASS(false),
    /// The JVM's thread group, in which `*` stands for anything.
    THREAD_GROUP(false),
    /// Go's synctest bubble, in which `*` stands for anything.
    GROUP(false),
    /// A function at the creation site.
    CREATED_BY(false);

    private final boolean ofStack;

    Key(boolean ofStack) {
      this.ofStack = ofStack;
    }

    /// As it is written in a file: `created-by`.
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static String all() {
      return Stream.of(values()).map(Key::text).collect(Collectors.joining(", "));
    }
  }

  /// One condition, with the text that it was read from.
  public record Condition(Key key, String value, Predicate<DumpThread> matches) {}

  /// Whether the conditions hold that are the same for all threads at one stack.
  boolean matchesStackOf(DumpThread thread) {
    return matches(thread, true);
  }

  /// Whether the conditions hold that differ between threads at one stack.
  boolean matchesThread(DumpThread thread) {
    return matches(thread, false);
  }

  private boolean matches(DumpThread thread, boolean ofStack) {
    return conditions.stream()
        .filter(condition -> condition.key().ofStack == ofStack)
        .allMatch(condition -> condition.matches().test(thread));
  }

  /// Conditions that `group` meets, as they are written in a line: its own innermost function; of
  /// threads that are in none, such as a pool's idle workers, who started them; where nobody knows
  /// that, the signature, which all threads at this stack have.
  public static String conditionsFor(StackGroup group) {
    ThreadKind kind = group.sample().kind();
    return Origin.culprit(group.stack(), kind)
        .map(frame -> "function=" + SuppressionLine.quoted(frame.function()))
        .or(() -> createdBy(group.sample()))
        .orElse("signature=" + group.signature());
  }

  /// The conditions that expect `thread` and those like it, through other line numbers: its
  /// signature, and where nothing but the runtime's code is on its stack, as in an idle pool, who
  /// started it. Empty if that is needed and not known: all idle pools would be one.
  public static Optional<String> conditionsFor(DumpThread thread, String signature) {
    String here = "signature=" + signature;
    return Origin.culprit(thread.stack(), thread.kind()).isPresent()
        ? Optional.of(here)
        : createdBy(thread).map(creator -> here + " " + creator);
  }

  private static Optional<String> createdBy(DumpThread thread) {
    return Origin.creator(thread.createdBy(), thread.kind())
        .map(frame -> "created-by=" + SuppressionLine.quoted(frame.function()));
  }

  /// A line of a file of suppressions.
  ///
  /// @param conditions as [#conditionsFor] and [#text] give them
  /// @param reason on one line, not empty
  public static String lineFor(String conditions, String reason) {
    return conditions + " reason=" + SuppressionLine.inQuotes(reason);
  }

  /// The line to paste into a file of suppressions to expect the threads of `group`. Its reason is
  /// empty and has to be written by a person: a line without a reason is refused.
  public static String lineFor(StackGroup group) {
    String function =
        Origin.top(group.stack(), group.sample().kind())
            .map(frame -> " function=" + SuppressionLine.quoted(frame.function()))
            .orElse("");
    return "signature=" + group.signature() + function + " reason=\"\"";
  }
}
