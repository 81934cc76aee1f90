package dev.groundhog.pouch.internal.log;

import dev.groundhog.pouch.internal.errors.ApiException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// How a container's log is kept, by Docker's `--log-opt`s of `json-file`.
///
/// @param maxBytes a file is full when it has so many; it exceeds them by less than one line
/// @param maxFiles so many files are kept, with the one that is written
/// @param attrs what each line carries of the container's labels and variables
public record LogOptions(long maxBytes, int maxFiles, SortedMap<String, String> attrs) {
  /// Pouch's; Docker's would be without end.
  static final long DEFAULT_MAX_BYTES = 100L << 20;

  static final int DEFAULT_MAX_FILES = 2;

  /// More than that costs more for names than anybody can want.
  private static final int MOST_FILES = 1_000;

  /// `attrs` are on every line.
  static final int MOST_ATTRS_BYTES = 256 << 10;

  /// What one byte can become at most: `\u0001`.
  static final int ESCAPED_BYTES = 6;

  private static final int MOST_STEPS = 1_000_000;

  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?) ?([kKmMgGtTpP])?[iI]?[bB]?");
  private static final String UNITS = "kmgtp";

  public LogOptions {
    if (maxBytes <= 0 || maxFiles < 1 || maxFiles > MOST_FILES) {
      throw new IllegalArgumentException(maxBytes + " bytes, " + maxFiles + " files");
    }
    if (encodedBytes(attrs) > MOST_ATTRS_BYTES) {
      throw new IllegalArgumentException("the attributes are too long");
    }
    attrs = Collections.unmodifiableSortedMap(new TreeMap<>(attrs));
  }

  /// Pouch's 2 files of 100 MiB.
  public static LogOptions defaults() {
    return new LogOptions(DEFAULT_MAX_BYTES, DEFAULT_MAX_FILES, Collections.emptySortedMap());
  }

  /// @param logOpts of the container's `HostConfig.LogConfig.Config`
  /// @param labels of the container
  /// @param environment of the container, as `NAME=value`
  /// @throws ApiException if an option isn't known, isn't supported, or has a bad value
  public static LogOptions parse(
      Map<String, String> logOpts, Map<String, String> labels, List<String> environment) {
    long maxBytes = DEFAULT_MAX_BYTES;
    int maxFiles = DEFAULT_MAX_FILES;
    TreeMap<String, String> attrs = new TreeMap<>();
    Map<String, String> variables = variables(environment);
    for (Map.Entry<String, String> option : new TreeMap<>(logOpts).entrySet()) {
      String value = option.getValue();
      switch (option.getKey()) {
        case "max-size" -> maxBytes = size(value);
        case "max-file" -> maxFiles = files(value);
        case "labels" -> addNamed(value, labels, attrs);
        case "labels-regex" -> addMatching("labels-regex", value, labels, attrs);
        case "env" -> addNamed(value, variables, attrs);
        case "env-regex" -> addMatching("env-regex", value, variables, attrs);
        case "tag" -> attrs.put("tag", tag(value));
        case "compress" ->
            require(
                value.equals("false"),
                "compress",
                value,
                "rotated files are not compressed: leave it out");
        case "mode" ->
            require(
                value.equals("blocking") || value.isEmpty(),
                "mode",
                value,
                "only blocking is supported");
        default ->
            throw bad(
                "unknown log opt '"
                    + option.getKey()
                    + "' for json-file log driver: known are max-size, max-file, labels,"
                    + " labels-regex, env, env-regex, tag");
      }
    }
    if (encodedBytes(attrs) > MOST_ATTRS_BYTES) {
      throw bad(
          "the labels and variables that the log opts ask for are too long, as each line would carry"
              + " them: ask for fewer, up to some "
              + MOST_ATTRS_BYTES / ESCAPED_BYTES
              + " bytes");
    }
    return new LogOptions(maxBytes, maxFiles, attrs);
  }

  private static long size(String value) {
    Matcher size = SIZE.matcher(value);
    require(size.matches(), "max-size", value, "a size such as 10m or 500k is needed");
    String unit = size.group(2);
    int thousands = unit == null ? 0 : UNITS.indexOf(Character.toLowerCase(unit.charAt(0))) + 1;
    BigDecimal bytes = new BigDecimal(size.group(1)).movePointRight(3 * thousands);
    require(bytes.compareTo(BigDecimal.ONE) >= 0, "max-size", value, "it must be positive");
    require(
        bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0,
        "max-size",
        value,
        "that is too much");
    return bytes.longValue();
  }

  private static int files(String value) {
    int files;
    try {
      files = Integer.parseInt(value);
    } catch (NumberFormatException _) {
      throw bad("bad log opt max-file=" + quoted(value) + ": a number is needed");
    }
    require(files >= 1 && files <= MOST_FILES, "max-file", value, "it must be 1 to " + MOST_FILES);
    return files;
  }

  private static String tag(String value) {
    require(!value.contains("{{"), "tag", value, "templates are not supported");
    return value;
  }

  private static Map<String, String> variables(List<String> environment) {
    TreeMap<String, String> variables = new TreeMap<>();
    for (String variable : environment) {
      int equals = variable.indexOf('=');
      if (equals > 0) {
        variables.put(variable.substring(0, equals), variable.substring(equals + 1));
      }
    }
    return variables;
  }

  private static void addNamed(String names, Map<String, String> from, Map<String, String> attrs) {
    for (String name : names.split(",", -1)) {
      String value = from.get(name);
      if (value != null) {
        attrs.put(name, value);
      }
    }
  }

  private static void addMatching(
      String option, String expression, Map<String, String> from, Map<String, String> attrs) {
    try {
      Pattern pattern = Pattern.compile(expression);
      Steps steps = new Steps();
      from.forEach((name, value) -> {
        if (pattern.matcher(new Stepped(name, steps)).find()) {
          attrs.put(name, value);
        }
      });
    } catch (PatternSyntaxException e) {
      throw new ApiException(
          ApiException.Code.BAD_REQUEST,
          "bad log opt " + option + "=" + quoted(expression) + ": " + e.getDescription(),
          e);
    } catch (TooManyStepsException | StackOverflowError _) {
      throw bad("bad log opt " + option + "=" + quoted(expression) + ": that takes too long");
    }
  }

  /// At most, with quotes, colons and commas.
  private static long encodedBytes(Map<String, String> attrs) {
    long bytes = 0;
    for (Map.Entry<String, String> attr : attrs.entrySet()) {
      long key = attr.getKey().getBytes(StandardCharsets.UTF_8).length;
      bytes += (key + attr.getValue().getBytes(StandardCharsets.UTF_8).length + 1) * ESCAPED_BYTES;
    }
    return bytes;
  }

  private static void require(boolean good, String option, String value, String why) {
    if (!good) {
      throw bad("bad log opt " + option + "=" + quoted(value) + ": " + why);
    }
  }

  private static String quoted(String value) {
    return "'" + (value.length() > 100 ? value.substring(0, 100) + "…" : value) + "'";
  }

  private static ApiException bad(String message) {
    return new ApiException(ApiException.Code.BAD_REQUEST, message);
  }

  /// What ends an expression that would take for ever.
  private static final class Steps {
    private int left = MOST_STEPS;

    void take() {
      if (left-- <= 0) {
        throw new TooManyStepsException();
      }
    }
  }

  private static final class TooManyStepsException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private record Stepped(CharSequence text, Steps steps) implements CharSequence {
    @Override
    public char charAt(int index) {
      steps.take();
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Stepped(text.subSequence(start, end), steps);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
