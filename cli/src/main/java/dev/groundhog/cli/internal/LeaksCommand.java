package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Looks;
import dev.groundhog.leak.StackGroup;
import dev.groundhog.leak.Verdict;
import dev.groundhog.target.Target;
import java.io.FileInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "leaks",
    mixinStandardHelpOptions = true,
    description = {
      "Verdicts on the threads of TARGET, from looks that are some time apart.",
      "Exit code 1 for PROVEN, STRANDED and ABANDONED, and for SUSPECTED with --strict or --baseline."
    })
final class LeaksCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin TargetArgument argument = new TargetArgument();

  @Option(
      names = "--older",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "suspect groups that wait at least this long; default 1m")
  Duration older = LeakRules.DEFAULT.older();

  @Option(
      names = "--at-least",
      paramLabel = "N",
      description = "suspect groups of at least N threads; default 1000")
  long atLeast = LeakRules.DEFAULT.atLeast();

  @Option(names = "--looks", paramLabel = "N", description = "how often to look; default 2")
  int looks = 2;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "time between two looks; default 2s")
  Duration every = Duration.ofSeconds(2);

  @Option(
      names = "--baseline",
      paramLabel = "FILE",
      description = "a dump from before: suspect what grew since")
  Optional<Path> baseline = Optional.empty();

  @Option(names = "--strict", description = "exit code 1 for SUSPECTED too")
  boolean strict;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  LeaksCommand() {}

  @Override
  public Integer call() throws Exception {
    if (looks < 1 || looks > 1_000 || atLeast < 1) {
      throw new ParameterException(
          spec.commandLine(), "--looks takes 1 to 1000, --at-least 1 or more");
    }
    Target target = argument.target();
    Optional<Map<String, Long>> before = readBaseline();
    Looks seen = new Looks();
    Dump latest = look(target, seen);
    for (int look = 1; look < looks && target.changes(); look++) {
      Thread.sleep(every);
      latest = look(target, seen);
    }
    List<Finding> findings = new LeakRules(older, atLeast).judge(latest, seen, before);
    return report(target, latest, findings, before.isPresent());
  }

  private static Dump look(Target target, Looks seen) throws Exception {
    Dump dump = target.dumps().getLast();
    seen.add(dump, Instant.now());
    return dump;
  }

  private Optional<Map<String, Long>> readBaseline() throws Exception {
    if (baseline.isEmpty()) {
      return Optional.empty();
    }
    try (InputStream file = new FileInputStream(baseline.get().toFile())) {
      return Optional.of(LeakRules.baseline(dev.groundhog.dump.DumpReader.readAll(file).getLast()));
    }
  }

  private int report(Target target, Dump dump, List<Finding> findings, boolean againstBaseline) {
    PrintWriter out = spec.commandLine().getOut();
    Theme theme = Theme.ofTerminal();
    Report report = new Report(out, theme);
    List<Finding> accused =
        findings.stream()
            .filter(f -> f.verdict().filter(v -> v != Verdict.EXPECTED).isPresent())
            .toList();
    long threads = accused.stream().mapToLong(f -> f.group().count()).sum();
    String scope =
        Text.line(target.name()) + ", " + Text.count(dump.threadCount(), "thread", "threads");
    out.println(
        accused.isEmpty()
            ? theme.good("nothing suspected") + " in " + scope
            : theme.alarm(Text.count(threads, "thread", "threads") + " suspected")
                + " in "
                + scope);
    report.warnings(dump);
    for (Finding finding : accused) {
      StackGroup group = finding.group();
      out.println();
      out.println(
          theme.alarm(finding.verdict().orElseThrow().name())
              + "  "
              + report.headline(group, finding.atLeast()));
      finding.reasons().forEach(reason -> out.println("    because " + Text.line(reason)));
      report.stack(group.sample());
    }
    long expected =
        findings.stream()
            .filter(f -> f.verdict().equals(Optional.of(Verdict.EXPECTED)))
            .mapToLong(f -> f.group().count())
            .sum();
    out.println();
    out.println(theme.faint(Text.count(expected, "thread is", "threads are") + " expected"));
    return accused.stream().anyMatch(f -> fails(f, againstBaseline))
        ? CommandLines.LEAK
        : CommandLines.OK;
  }

  private boolean fails(Finding finding, boolean againstBaseline) {
    return switch (finding.verdict().orElseThrow()) {
      case PROVEN, STRANDED, ABANDONED -> true;
      case SUSPECTED -> strict || againstBaseline;
      case EXPECTED -> false;
    };
  }
}
