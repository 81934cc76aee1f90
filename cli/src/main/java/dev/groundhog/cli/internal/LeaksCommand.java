package dev.groundhog.cli.internal;

import dev.groundhog.leak.Baseline;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.Groups;
import dev.groundhog.leak.History;
import dev.groundhog.leak.LeakException;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Looks;
import dev.groundhog.leak.ReportWriter;
import dev.groundhog.leak.Suppressions;
import dev.groundhog.leak.TrendWriter;
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
  private static final Duration MIN_WATCH = Duration.ofSeconds(1);

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
      names = "--watch",
      arity = "0..1",
      fallbackValue = "10s",
      paramLabel = "TIME",
      converter = Durations.class,
      description = {
        "look every TIME, 10s unless given, and show how groups grow, by where their threads were"
            + " started; until Ctrl-C, or for --looks N. Write it behind TARGET, or as --watch=5s."
            + " With --prove the process stands still for a collection at each look"
      })
  Optional<Duration> watch = Optional.empty();

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
    if (watch.isPresent()) {
      requireWatchable(target);
    }
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
    List<Finding> findings =
        watch.isPresent() ? watch(target, rules, watch.get()) : report(target, rules, before);
    return findings.stream().anyMatch(this::fails) ? CommandLines.LEAK : CommandLines.OK;
  }

  private void requireWatchable(Target target) {
    if (!target.changes()) {
      throw new ParameterException(
          spec.commandLine(), "--watch needs a process: a file stays as it is");
    }
    if (watch.orElseThrow().compareTo(MIN_WATCH) < 0) {
      throw new ParameterException(spec.commandLine(), "--watch takes 1s or more");
    }
    if (isGiven("--every")) {
      throw new ParameterException(
          spec.commandLine(), "--watch takes the time between two looks itself: --watch 5s");
    }
  }

  private List<Finding> watch(Target target, LeakRules rules, Duration time)
      throws IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    WatchText text = WatchText.of(out, System.getenv(), StandardOutput.isTerminal());
    return new LeaksWatch(
            target,
            rules,
            prove ? minWait.or(() -> Optional.of(Duration.ZERO)) : Optional.empty(),
            time,
            isGiven("--looks") ? looks : Long.MAX_VALUE)
        .run((trends, report) -> {
          if (format.isJson()) {
            TrendWriter.json(trends, report, out);
          } else {
            text.look(trends, report, all);
          }
          return !out.checkError();
        });
  }

  private List<Finding> report(Target target, LeakRules rules, Optional<Target.Look> before)
      throws IOException, InterruptedException {
    Looks seen = new Looks();
    History<String> history = new History<>();
    Target.Look latest = target.look(seen);
    remember(latest, target, history);
    for (int look = 1; look < looks && target.changes(); look++) {
      Thread.sleep(every);
      latest = target.look(seen);
      remember(latest, target, history);
    }
    if (prove) {
      latest = target.prove(seen, minWait.orElse(Duration.ZERO));
      remember(latest, target, history);
    }
    List<Finding> findings = rules.judge(latest.dump(), seen, history);
    List<String> warnings =
        Stream.of(
                before.flatMap(Target.Look::note).map("the baseline: "::concat).stream(),
                latest.note().stream(),
                rules.suppressions().unused(findings).stream()
                    .map(rule -> rule.place() + ": this suppression expects none of them"))
            .flatMap(texts -> texts)
            .toList();
    LeakReport report = target.report(latest.dump(), seen.watched(), findings, warnings);
    show(
        target.changes() ? report.remembering(history, System.nanoTime()) : report,
        target.changes());
    return findings;
  }

  /// Of a file there is one look, which nothing is compared with.
  private static void remember(Target.Look look, Target target, History<String> history) {
    if (target.changes()) {
      history.add(System.nanoTime(), Groups.counts(look.dump()));
    }
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
