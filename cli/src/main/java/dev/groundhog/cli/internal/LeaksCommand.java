package dev.groundhog.cli.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.Baseline;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Looks;
import dev.groundhog.leak.Suppression;
import dev.groundhog.leak.Suppressions;
import dev.groundhog.leak.Verdict;
import dev.groundhog.target.Target;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
      paramLabel = "TARGET",
      description = "a dump from before: suspect what grew since")
  Optional<String> baseline = Optional.empty();

  @Option(
      names = "--suppressions",
      paramLabel = "FILE",
      description = "reviewed rules that expect threads, one on each line, with a reason")
  Optional<Path> suppressions = Optional.empty();

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
    LeakRules rules = new LeakRules(older, atLeast, readBaseline(), readSuppressions());
    Looks seen = new Looks();
    Dump latest = target.look(seen);
    for (int look = 1; look < looks && target.changes(); look++) {
      Thread.sleep(every);
      latest = target.look(seen);
    }
    List<Finding> findings = rules.judge(latest, seen);
    show(target, latest, findings, rules.suppressions().unused(findings));
    return findings.stream().anyMatch(this::fails) ? CommandLines.LEAK : CommandLines.OK;
  }

  private Optional<Baseline> readBaseline() throws IOException {
    return baseline.isEmpty()
        ? Optional.empty()
        : Optional.of(Baseline.of(Target.of(baseline.get()).dumps().getLast()));
  }

  private Suppressions readSuppressions() throws IOException {
    if (suppressions.isEmpty()) {
      return Suppressions.NONE;
    }
    Path file = suppressions.get();
    try (Reader text =
        new InputStreamReader(new FileInputStream(file.toFile()), StandardCharsets.UTF_8)) {
      return Suppressions.read(text, file.toString());
    }
  }

  private boolean fails(Finding finding) {
    return finding.accused()
        && switch (finding.verdict().orElseThrow()) {
          case PROVEN, STRANDED, ABANDONED -> true;
          case SUSPECTED -> strict || baseline.isPresent();
          case EXPECTED -> false;
        };
  }

  private void show(Target target, Dump dump, List<Finding> findings, List<Suppression> unused) {
    PrintWriter out = spec.commandLine().getOut();
    Theme theme = Theme.ofTerminal();
    Report report = new Report(out, theme);
    List<Finding> accused = findings.stream().filter(Finding::accused).toList();
    String scope =
        Text.line(target.name()) + ", " + Text.count(dump.threadCount(), "thread", "threads");
    out.println(
        accused.isEmpty()
            ? theme.good("nothing suspected") + " in " + scope
            : theme.alarm(Text.count(threads(accused), "thread", "threads") + " suspected")
                + " in "
                + scope);
    report.warnings(dump);
    for (Suppression rule : unused) {
      out.println(
          "warning: " + Text.line(rule.place()) + ": this suppression expects none of them");
    }
    for (Finding finding : accused) {
      out.println();
      report.finding(finding);
    }
    out.println();
    List<Finding> expected =
        findings.stream().filter(f -> f.verdict().equals(Optional.of(Verdict.EXPECTED))).toList();
    out.println(
        theme.faint(Text.count(threads(expected), "thread is", "threads are") + " expected"));
  }

  private static long threads(List<Finding> findings) {
    return findings.stream().mapToLong(f -> f.group().count()).sum();
  }
}
