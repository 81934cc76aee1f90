package dev.groundhog.cli.internal;

import java.util.Map;

/// Colours, where a terminal wants them: never with `NO_COLOR`, on a dumb terminal or into a pipe.
record Theme(boolean colour) {
  static Theme ofTerminal() {
    Map<String, String> environment = System.getenv();
    boolean refused = !environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Theme(StandardOutput.isTerminal() && !refused && !isDumb(environment));
  }

  /// Whether the terminal understands nothing but text.
  static boolean isDumb(Map<String, String> environment) {
    return "dumb".equals(environment.getOrDefault("TERM", "dumb"));
  }

  String strong(String text) {
    return paint("1", text);
  }

  String faint(String text) {
    return paint("2", text);
  }

  String alarm(String text) {
    return paint("1;31", text);
  }

  String good(String text) {
    return paint("32", text);
  }

  private String paint(String code, String text) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
