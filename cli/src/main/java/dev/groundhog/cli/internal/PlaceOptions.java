package dev.groundhog.cli.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// As whom, where and with what a command runs in a container.
final class PlaceOptions {
  @Option(
      names = {"-e", "--env"},
      paramLabel = "NAME[=VALUE]",
      description = "a variable of its environment, this program's own without a value; repeatable")
  List<String> environment = List.of();

  @Option(
      names = {"-u", "--user"},
      paramLabel = "USER[:GROUP]",
      description = "names or numbers")
  Optional<String> user = Optional.empty();

  @Option(
      names = {"-w", "--workdir"},
      paramLabel = "DIR",
      description = "where it runs, in the container")
  Optional<String> workingDirectory = Optional.empty();

  List<String> environment() {
    return environment(System.getenv());
  }

  /// A name that has no value here is left out.
  List<String> environment(Map<String, String> own) {
    List<String> all = new ArrayList<>();
    for (String entry : environment) {
      if (entry.contains("=")) {
        all.add(entry);
      } else if (own.containsKey(entry)) {
        all.add(entry + "=" + own.get(entry));
      }
    }
    return all;
  }
}
