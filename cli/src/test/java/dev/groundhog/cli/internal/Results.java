package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.target.Check;
import dev.groundhog.target.Target;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Outcomes of checks for tests.
final class Results {
  private Results() {}

  /// What a check for `absent` says of a dump; `unknown` are stale names.
  static Check.Result of(String dump, List<FunctionPattern> absent, FunctionPattern... unknown)
      throws IOException {
    Dump read =
        DumpReader.readAll(new ByteArrayInputStream(dump.getBytes(StandardCharsets.UTF_8)))
            .getLast();
    List<StackGroup> present =
        Groups.of(read).stream()
            .filter(g -> absent.stream().anyMatch(p -> p.matches(g.stack())))
            .toList();
    List<Check.UnknownName> names =
        List.of(unknown).stream()
            .map(p -> new Check.UnknownName(p, true, Optional.of("Server.logs")))
            .toList();
    return new Check.Result(present, names, new Target.Look(read, 1), 1);
  }

  static List<FunctionPattern> patterns(String... patterns) {
    return List.of(patterns).stream().map(FunctionPattern::parse).toList();
  }
}
