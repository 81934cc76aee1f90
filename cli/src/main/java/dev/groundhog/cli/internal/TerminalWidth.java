package dev.groundhog.cli.internal;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How many columns the terminal has.
final class TerminalWidth {
  private static final Pattern ROWS_AND_COLUMNS = Pattern.compile("\\d{1,5} (\\d{1,5})\\s*");
  private static final Pattern COLUMNS = Pattern.compile("[1-9]\\d{0,4}");

  private TerminalWidth() {}

  /// From `COLUMNS`, else as `stty` tells; empty where the output is no terminal: a pipe is not
  /// cut, though a shell may export `COLUMNS`.
  static OptionalInt of(Map<String, String> environment, boolean terminal) {
    if (!terminal) {
      return OptionalInt.empty();
    }
    String columns = environment.getOrDefault("COLUMNS", "");
    if (COLUMNS.matcher(columns).matches()) {
      return OptionalInt.of(Integer.parseInt(columns));
    }
    return askTerminal();
  }

  private static OptionalInt askTerminal() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroyForcibly();
        return OptionalInt.empty();
      }
      String answer = new String(stty.getInputStream().readNBytes(100), StandardCharsets.US_ASCII);
      Matcher matcher = ROWS_AND_COLUMNS.matcher(answer);
      return matcher.matches() && !matcher.group(1).equals("0")
          ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
          : OptionalInt.empty();
    } catch (IOException _) {
      return OptionalInt.empty(); // no stty, no terminal of ours
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }
}
