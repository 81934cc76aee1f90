package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.target.CheckResult;
import dev.groundhog.target.MarkedFunctions;
import dev.groundhog.target.Target;
import dev.groundhog.target.UnknownName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Outcomes of checks for tests.
final class Results {
  /// Two threads whose clients have gone, and one whose client left just now.
  static final String ABANDONED =
      """
      {"schema":"groundhog.dump/1","process":{"format":"live"},"stacks":[{"index":0,"frames":[
      {"function":"java.util.concurrent.CountDownLatch.await","file":"CountDownLatch.java","line":230},
      {"function":"org.acme.Driver.await","file":"Driver.java","line":4},
      {"function":"acme.Logs.handle","file":"Logs.java","line":19}]}],"threads":[
      {"kind":"VIRTUAL","id":1,"state":"WAITING","waitKind":"LATCH","waitedSeconds":15,
      "clientGoneSeconds":12,"labels":{"route":"/logs"},"stack":0},
      {"kind":"VIRTUAL","id":2,"state":"WAITING","waitKind":"LATCH","waitedSeconds":15,
      "clientGoneSeconds":14,"labels":{"route":"/logs"},"stack":0},
      {"kind":"VIRTUAL","id":3,"state":"WAITING","waitKind":"LATCH","waitedSeconds":4,
      "clientGoneSeconds":3,"labels":{"route":"/logs"},"stack":0}],"warnings":[]}
      """;

  private Results() {}

  /// What a check for `absent` says of a dump; `unknown` are stale names.
  static CheckResult of(String dump, List<FunctionPattern> absent, FunctionPattern... unknown)
      throws IOException {
    Dump read =
        DumpReader.readAll(new ByteArrayInputStream(dump.getBytes(StandardCharsets.UTF_8)))
            .getLast();
    List<StackGroup> present =
        Groups.of(read).stream()
            .filter(g -> absent.stream().anyMatch(p -> p.matches(g.stack())))
            .toList();
    List<UnknownName> names =
        List.of(unknown).stream()
            .map(p -> new UnknownName(p, true, Optional.of("Server.logs")))
            .toList();
    return new CheckResult(
        present,
        List.of(),
        Optional.empty(),
        names,
        new Target.Look(read, 1),
        1,
        MarkedFunctions.NONE);
  }

  /// What a check for abandoned threads says of a file that has some.
  static CheckResult abandoned(Path file) throws IOException, InterruptedException {
    return Target.of(Files.writeString(file, ABANDONED).toString())
        .check()
        .noneAbandoned()
        .run(Duration.ZERO);
  }

  static List<FunctionPattern> patterns(String... patterns) {
    return List.of(patterns).stream().map(FunctionPattern::parse).toList();
  }
}
