package dev.groundhog.cli.internal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How many columns and rows the terminal has; empty where that is not known.
record TerminalSize(OptionalInt columns, OptionalInt rows) {
  static final TerminalSize UNKNOWN = new TerminalSize(OptionalInt.empty(), OptionalInt.empty());

  private static final Pattern ROWS_AND_COLUMNS = Pattern.compile("(\\d{1,5}) (\\d{1,5})\\s*");
  private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,4}");

  /// From `COLUMNS` and `LINES`, else as `stty` tells; unknown where the output is no terminal: a
  /// pipe is not cut, though a shell may export `COLUMNS`.
  static TerminalSize of(Map<String, String> environment, boolean terminal) {
    if (!terminal) {
      return UNKNOWN;
    }
    TerminalSize told =
        new TerminalSize(
            number(environment.getOrDefault("COLUMNS", "")),
            number(environment.getOrDefault("LINES", "")));
    return told.columns.isPresent() && told.rows.isPresent() ? told : told.or(askTerminal());
  }

  private TerminalSize or(TerminalSize other) {
    return new TerminalSize(
        columns.isPresent() ? columns : other.columns, rows.isPresent() ? rows : other.rows);
  }

  private static OptionalInt number(String text) {
    return NUMBER.matcher(text).matches()
        ? OptionalInt.of(Integer.parseInt(text))
        : OptionalInt.empty();
  }

  private static TerminalSize askTerminal() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return UNKNOWN;
      }
      String answer = new String(stty.getInputStream().readNBytes(100), StandardCharsets.US_ASCII);
      return Optional.of(ROWS_AND_COLUMNS.matcher(answer))
          .filter(Matcher::matches)
          .map(told -> new TerminalSize(number(told.group(2)), number(told.group(1))))
          .orElse(UNKNOWN);
    } catch (IOException _) {
      return UNKNOWN; // no stty, no terminal of ours
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return UNKNOWN;
    }
  }
}
