package dev.groundhog.pouch.internal.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Environments of processes in containers.
public final class Environments {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private Environments() {}

  /// What is needed at least, of those that have a name for themselves.
  static Map<String, String> defaults(boolean isTerminal) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("PATH", PATH);
    if (isTerminal) {
      all.put("TERM", "xterm");
    }
    return all;
  }

  /// Sets what entries say over what is there. One without a `=` takes its name away.
  static void put(Map<String, String> environment, List<String> entries) {
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      if (equals < 0) {
        environment.remove(entry);
      } else {
        environment.put(entry.substring(0, equals), entry.substring(equals + 1));
      }
    }
  }

  /// As `NAME=VALUE`.
  static List<String> entries(Map<String, String> environment) {
    return environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }
}
