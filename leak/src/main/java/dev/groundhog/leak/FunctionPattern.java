package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// How a person names functions: exactly (`dev.acme.Server.logs`), by class and method
/// (`Server.logs`), by package (`dev.acme.*`), or by a regular expression between slashes
/// (`/Server\.(logs|exec)/`).
///
/// Go's receivers may be written or left out: `Server.logs` and `(*Server).logs` both name
/// `github.com/acme/api.(*Server).logs`, and so may type arguments: `Cache.get` and
/// `Cache[...].get` both name `main.(*Cache[...]).get`. A nested class may be written with `.` or
/// `$`, and a method behind `#` or `::`.
public final class FunctionPattern {
  private final String source;
  private final Match match;

  private sealed interface Match {
    record Suffix(String name) implements Match {}

    record Prefix(String prefix) implements Match {}

    record Regex(Pattern pattern) implements Match {}
  }

  private FunctionPattern(String source, Match match) {
    this.source = source;
    this.match = match;
  }

  /// Reads a pattern.
  ///
  /// @throws IllegalArgumentException if it is empty or its regular expression is malformed; the
  ///   message says where
  public static FunctionPattern parse(String source) {
    if (source.isBlank()) {
      throw new IllegalArgumentException("a function's name must not be empty");
    }
    if (source.length() > 2 && source.startsWith("/") && source.endsWith("/")) {
      try {
        return new FunctionPattern(
            source, new Match.Regex(Pattern.compile(source.substring(1, source.length() - 1))));
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException(source + ": " + e.getDescription(), e);
      }
    }
    if (source.endsWith(".*") && source.length() > 2) {
      return new FunctionPattern(
          source, new Match.Prefix(normalized(source.substring(0, source.length() - 1))));
    }
    String dotted = source.replace("::", ".").replace('#', '.');
    return new FunctionPattern(source, new Match.Suffix(normalized(dotted)));
  }

  /// Whether `function`, as its runtime writes it, is meant.
  public boolean matches(String function) {
    return switch (match) {
      case Match.Regex(Pattern pattern) -> pattern.matcher(function).find();
      case Match.Prefix(String prefix) -> normalized(function).startsWith(prefix);
      case Match.Suffix(String name) -> {
        String full = normalized(function);
        yield full.equals(name)
            || (full.endsWith(name) && isBorder(full.charAt(full.length() - name.length() - 1)));
      }
    };
  }

  /// Whether any function on `stack` is meant.
  public boolean matches(CallStack stack) {
    return stack.frames().stream().anyMatch(frame -> matches(frame.function()));
  }

  /// Whether this is a plain name, which a target can know or not know.
  public boolean isName() {
    return match instanceof Match.Suffix;
  }

  /// The plain name that is meant: with dots, without receiver marks and type arguments. Of another
  /// pattern its source.
  public String name() {
    return match instanceof Match.Suffix(String name) ? name : source;
  }

  /// What stands in front of every function that is meant; empty if this is no package.
  public Optional<String> prefix() {
    return match instanceof Match.Prefix(String prefix) ? Optional.of(prefix) : Optional.empty();
  }

  /// The regular expression, if this is one.
  Optional<Pattern> regex() {
    return match instanceof Match.Regex(Pattern pattern) ? Optional.of(pattern) : Optional.empty();
  }

  @Override
  public String toString() {
    return source;
  }

  /// Without Go's receiver marks and type arguments, nested classes with a dot.
  static String normalized(String function) {
    if (function.indexOf('(') < 0 && function.indexOf('$') < 0 && function.indexOf('[') < 0) {
      return function;
    }
    return withoutTypeArguments(function)
        .replace("(*", "")
        .replace(")", "")
        .replace("(", "")
        .replace('$', '.');
  }

  /// Go prints `[...]` for what is between the first bracket and the last.
  private static String withoutTypeArguments(String function) {
    int open = function.indexOf('[');
    int close = function.lastIndexOf(']');
    return open < 0 || close < open
        ? function
        : function.substring(0, open) + function.substring(close + 1);
  }

  private static boolean isBorder(char c) {
    return c == '.' || c == '/';
  }
}
