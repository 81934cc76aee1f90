package dev.groundhog.cli.internal;

import dev.groundhog.leak.Baseline;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.LeakException;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Looks;
import dev.groundhog.leak.ReportWriter;
import dev.groundhog.leak.Suppressions;
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
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
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
  @Mixin FormatOption format = new FormatOption();
  @Mixin GraceOption grace = new GraceOption();

  @Option(
      names = "--older",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "suspect threads that wait at least this long; default 1m")
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

  @Option(
      names = "--prove",
      description = {
        "let a garbage collection in the process prove who can never go on: PROVEN, STRANDED. A JVM"
            + " needs the agent, Go 1.27. The process stands still meanwhile; in a JVM, weak"
            + " references to what only leaked threads reach are cleared"
      })
  boolean prove;

  @Option(
      names = "--min-wait",
      paramLabel = "TIME",
      converter = Durations.class,
      description = "with --prove: of a JVM judge only threads known to wait this long; default 0s")
  Optional<Duration> minWait = Optional.empty();

  @Option(names = "--all", description = "show every group, also the expected ones and why")
  boolean all;

  @SuppressWarnings("NullAway.Init") // picocli sets the spec
  LeaksCommand() {}

  @Override
  public Integer call() throws Exception {
    if (looks < 1 || looks > 1_000 || atLeast < 1) {
      throw new ParameterException(
          spec.commandLine(), "--looks takes 1 to 1000, --at-least 1 or more");
    }
    if (minWait.isPresent() && !prove) {
      throw new ParameterException(spec.commandLine(), "--min-wait needs --prove");
    }
    TargetArgument.requireOneStandardInput(spec, argument.spec(), baseline.orElse(""));
    Target target = argument.target();
    if (!target.changes() && isGiven("--looks", "--every")) {
      throw new ParameterException(
          spec.commandLine(),
          "a file is one look: --looks and --every need a process; compare two files with"
              + " --baseline or diff");
    }
    Optional<Target.Look> before = readBaseline();
    LeakRules rules =
        new LeakRules(
            older,
            atLeast,
            before.map(look -> Baseline.of(look.dump())),
            readSuppressions(),
            grace.time());
    Looks seen = new Looks();
    Target.Look latest = target.look(seen);
    for (int look = 1; look < looks && target.changes(); look++) {
      Thread.sleep(every);
      latest = target.look(seen);
    }
    if (prove) {
      latest = target.prove(seen, minWait.orElse(Duration.ZERO));
    }
    List<Finding> findings = rules.judge(latest.dump(), seen);
    List<String> warnings =
        Stream.of(
                before.flatMap(Target.Look::note).map("the baseline: "::concat).stream(),
                latest.note().stream(),
                rules.suppressions().unused(findings).stream()
                    .map(rule -> rule.place() + ": this suppression expects none of them"))
            .flatMap(texts -> texts)
            .toList();
    show(target.report(latest.dump(), seen.watched(), findings, warnings), target.changes());
    return findings.stream().anyMatch(this::fails) ? CommandLines.LEAK : CommandLines.OK;
  }

  private boolean isGiven(String... options) {
    ParseResult given = spec.commandLine().getParseResult();
    return Stream.of(options).anyMatch(given::hasMatchedOption);
  }

  private Optional<Target.Look> readBaseline() throws IOException {
    return baseline.isEmpty() ? Optional.empty() : Optional.of(Target.of(baseline.get()).look());
  }

  private Suppressions readSuppressions() throws IOException {
    if (suppressions.isEmpty()) {
      return Suppressions.NONE;
    }
    Path file = suppressions.get();
    try (Reader text =
        new InputStreamReader(new FileInputStream(file.toFile()), StandardCharsets.UTF_8)) {
      return Suppressions.read(text, file.toString());
    } catch (LeakException e) {
      throw e;
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "--suppressions takes a file that can be read: " + e.getMessage());
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

  private void show(LeakReport report, boolean isLive) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (format.isJson()) {
      ReportWriter.json(report, out);
      return;
    }
    LeakText text =
        new LeakText(
            out,
            Theme.ofTerminal(),
            TerminalSize.of(System.getenv(), StandardOutput.isTerminal()).columns());
    text.report(report, all);
    text.undecided(report, isLive, older, looks);
  }
}
