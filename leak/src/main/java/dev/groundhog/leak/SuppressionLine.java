package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads one line of a file of suppressions: `key=value key="value with blanks" reason="…"`.
final class SuppressionLine {
  private static final Pattern FIELD =
      Pattern.compile("\\s*([a-z-]+)=(?:\"((?:[^\"\\\\]|\\\\.)*+)\"|([^\\s\"]++))(?=\\s|$)");
  private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{12}");

  private SuppressionLine() {}

  /// @param otherwise the reason of a line without one; empty if it has to give one
  /// @throws IllegalArgumentException if it is malformed; the message says how
  static Suppression parse(String line, String place, Optional<String> otherwise) {
    Map<String, String> fields = fields(line);
    String given = fields.remove("reason");
    String reason = given == null || given.isBlank() ? otherwise.orElse("") : given;
    if (reason.isEmpty()) {
      throw new IllegalArgumentException("say why with reason=\"…\"");
    }
    List<Suppression.Condition> conditions = new ArrayList<>();
    fields.forEach((name, value) -> conditions.add(condition(name, value)));
    if (conditions.isEmpty()) {
      throw new IllegalArgumentException(
          "nothing to match: give at least one of " + Suppression.Key.all());
    }
    return new Suppression(conditions, reason.strip(), place);
  }

  static String quoted(String value) {
    return value.chars().noneMatch(c -> Character.isWhitespace(c) || c == '"' || c == '\\')
        ? value
        : inQuotes(value);
  }

  static String inQuotes(String value) {
    return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private static Map<String, String> fields(String line) {
    var matcher = FIELD.matcher(line);
    Map<String, String> fields = new LinkedHashMap<>();
    int end = 0;
    while (end < line.length() && !line.substring(end).isBlank()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw new IllegalArgumentException(
            "'" + line.substring(end).strip() + "' is no key=value; quote values with blanks");
      }
      String value =
          matcher.group(3) != null
              ? matcher.group(3)
              : matcher.group(2).replaceAll("\\\\(.)", "$1");
      if (fields.put(matcher.group(1), value) != null) {
        throw new IllegalArgumentException(matcher.group(1) + " is given twice");
      }
      end = matcher.end();
    }
    return fields;
  }

  private static Suppression.Condition condition(String name, String value) {
    Suppression.Key key =
        Stream.of(Suppression.Key.values())
            .filter(k -> k.text().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "'" + name + "' is no key; the keys are " + Suppression.Key.all()));
    return new Suppression.Condition(key, value, matcher(key, value));
  }

  private static Predicate<DumpThread> matcher(Suppression.Key key, String value) {
    return switch (key) {
      case SIGNATURE -> signature(value);
      case NAME -> {
        Pattern glob = glob(value);
        yield thread -> glob.matcher(thread.name()).matches();
      }
      case CONTAINER -> {
        Pattern glob = glob(value);
        yield thread ->
            thread.kind() != ThreadKind.GOROUTINE && glob.matcher(thread.group()).matches();
      }
      case GROUP -> {
        Pattern glob = glob(value);
        yield thread ->
            thread.kind() == ThreadKind.GOROUTINE && glob.matcher(thread.group()).matches();
      }
      case CLASS -> {
        FunctionPattern pattern = FunctionPattern.parse(value);
        yield thread -> onStack(thread.stack(), f -> pattern.matches(className(f.function())));
      }
      case FUNCTION -> {
        FunctionPattern pattern = FunctionPattern.parse(value);
        yield thread -> pattern.matches(thread.stack());
      }
      case TOP -> {
        FunctionPattern pattern = FunctionPattern.parse(value);
        yield thread ->
            Origin.top(thread.stack(), thread.kind())
                .filter(frame -> pattern.matches(frame.function()))
                .isPresent();
      }
      case THREAD_CLASS -> {
        FunctionPattern pattern = FunctionPattern.parse(value);
        yield thread -> !thread.threadClass().isEmpty() && pattern.matches(thread.threadClass());
      }
      case THREAD_GROUP -> {
        Pattern glob = glob(value);
        yield thread ->
            !thread.threadGroup().isEmpty() && glob.matcher(thread.threadGroup()).matches();
      }
      case ROOT -> {
        FunctionPattern pattern = FunctionPattern.parse(value);
        yield thread -> {
          List<Frame> frames = thread.stack().frames();
          return !frames.isEmpty() && pattern.matches(frames.getLast().function());
        };
      }
      case CREATED_BY -> {
        FunctionPattern pattern = FunctionPattern.parse(value);
        yield thread -> pattern.matches(thread.createdBy());
      }
    };
  }

  private static Predicate<DumpThread> signature(String value) {
    if (!SIGNATURE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is no signature: 12 hexadecimal digits, as a report prints them");
    }
    return thread -> Groups.signature(thread).equals(value);
  }

  private static boolean onStack(CallStack stack, Predicate<Frame> matches) {
    return stack.frames().stream().anyMatch(matches);
  }

  private static String className(String function) {
    return function.substring(0, Math.max(0, function.lastIndexOf('.')));
  }

  private static Pattern glob(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("an empty value matches nothing: leave the key out");
    }
    return Pattern.compile(
        Stream.of(value.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")),
        Pattern.DOTALL);
  }
}
