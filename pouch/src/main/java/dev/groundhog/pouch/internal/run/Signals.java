package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The signals of Linux on the processors that pouchd runs on, by name.
public final class Signals {
  private static final List<String> NAMES =
      List.of(
          "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
          "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG",
          "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");
  private static final int FIRST_REAL_TIME = 34;
  private static final int LAST = 64;
  private static final Map<String, Integer> NUMBERS = numbers();

  private Signals() {}

  private static Map<String, Integer> numbers() {
    Map<String, Integer> numbers = new HashMap<>();
    for (String name : NAMES) {
      numbers.put(name, numbers.size() + 1);
    }
    numbers.putAll(
        Map.of("IOT", 6, "CLD", 17, "POLL", 29, "RTMIN", FIRST_REAL_TIME, "RTMAX", LAST));
    for (int i = 1; i <= 15; i++) {
      numbers.put("RTMIN+" + i, FIRST_REAL_TIME + i);
    }
    for (int i = 1; i <= 14; i++) {
      numbers.put("RTMAX-" + i, LAST - i);
    }
    return Map.copyOf(numbers);
  }

  /// The number of a signal.
  ///
  /// @param signal its number, or its name with or without `SIG`
  /// @throws ApiException if there is no such signal
  public static int number(String signal) {
    int number = parse(signal);
    if (number > LAST) {
      throw new ApiException(
          Code.BAD_REQUEST, "The linux daemon does not support signal " + number);
    }
    return number;
  }

  /// The same, also for a number larger than all that there are.
  ///
  /// @throws ApiException if it is neither a name nor the number of one
  public static int parse(String signal) {
    String name = signal.toUpperCase(Locale.ROOT);
    Integer known = NUMBERS.get(name.startsWith("SIG") ? name.substring(3) : name);
    if (known != null) {
      return known;
    }
    int number;
    try {
      number = Integer.parseInt(signal);
    } catch (NumberFormatException e) {
      throw new ApiException(Code.BAD_REQUEST, "Invalid signal: " + signal, e);
    }
    if (number < 1) {
      throw new ApiException(Code.BAD_REQUEST, "Invalid signal: " + signal);
    }
    return number;
  }
}
