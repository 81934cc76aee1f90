package dev.groundhog.dump.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Fuzzes each reader for `FUZZ_SECONDS` (60 unless set) with Jazzer, guided by coverage, in a JVM
/// of its own with a small heap: so what runs out of memory or never ends is found too.
///
/// What was found lies in `target/fuzz/TARGET/finding-…`; what was tried and found useful stays in
/// `target/fuzz/TARGET/corpus` and is where the next run goes on.
@Tag("long")
class ReaderFuzzTest {
  /// They guide regular expressions, and allocate up to half a megabyte for one match.
  private static final String ALLOCATING_HOOKS =
      "com.code_intelligence.jazzer.sanitizers.RegexRoadblocks:"
          + "com.code_intelligence.jazzer.sanitizers.RegexInjection";

  private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";
  private static final int SECONDS =
      Integer.parseInt(System.getenv().getOrDefault("FUZZ_SECONDS", "60"));

  /// Any input that takes longer hangs.
  private static final int SECONDS_FOR_AN_INPUT = 10;

  /// For a start, for what was found last time, and for a busy machine.
  private static final int SECONDS_BESIDE = 300;

  private static final Pattern DONE = Pattern.compile("(?m)^Done (\\d+) runs in");
  private static final Pattern COVERED = Pattern.compile("(?m)^#\\d+\\s+DONE\\s+cov: (\\d+)");

  @ParameterizedTest
  @EnumSource(FuzzTarget.class)
  void nothingIsFound(FuzzTarget target) throws IOException, InterruptedException {
    Path folder =
        Files.createDirectories(Path.of("target", "fuzz", target.name())).toAbsolutePath();
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    Path seeds = writeSeeds(target, folder);
    Path log = folder.resolve("log.txt");
    Process fuzzer =
        new ProcessBuilder(command(target, folder, corpus, seeds))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(fuzzer.waitFor(SECONDS + SECONDS_BESIDE, TimeUnit.SECONDS))
          .as("the fuzzer has ended; see %s", log)
          .isTrue();
    } finally {
      fuzzer.destroyForcibly();
    }
    String output = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(fuzzer.exitValue()).as("%s: %s", log, finding(output)).isZero();
    long executions = number(DONE, output);
    System.out.printf(
        "fuzz %s: %d executions, coverage %d, 0 findings%n",
        target, executions, number(COVERED, output));
    assertThat(executions).isPositive();
  }

  private static List<String> command(FuzzTarget target, Path folder, Path corpus, Path seeds) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx256m",
        "-Dfuzz.fixedBytes=" + (32 << 20),
        "-XX:+EnableDynamicAgentLoading",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        classPath(),
        JAZZER,
        "--target_class=" + FuzzDriver.class.getName(),
        "--target_args=" + target.name(),
        "--instrumentation_includes=dev.groundhog.dump.**",
        "--instrumentation_excludes=dev.groundhog.dump.fuzz.**",
        "--disabled_hooks=" + ALLOCATING_HOOKS,
        "--reproducer_path=" + folder,
        "-artifact_prefix=" + folder + "/finding-",
        "-max_total_time=" + SECONDS,
        "-timeout=" + SECONDS_FOR_AN_INPUT,
        "-rss_limit_mb=0",
        "-print_final_stats=1",
        corpus.toString(),
        seeds.toString());
  }

  /// What this test runs with: the module and its tests are on the one, all else on the other.
  private static String classPath() {
    return Stream.of("jdk.module.path", "java.class.path")
        .map(System::getProperty)
        .filter(Objects::nonNull)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Path writeSeeds(FuzzTarget target, Path folder) throws IOException {
    Path seeds = Files.createDirectories(folder.resolve("seeds"));
    List<byte[]> all = target.seeds();
    for (int i = 0; i < all.size(); i++) {
      Files.write(seeds.resolve("seed-" + i), all.get(i));
    }
    return seeds;
  }

  /// The stack of what was found, without the progress of the fuzzer.
  private static String finding(String output) {
    List<String> lines = new ArrayList<>();
    try (Stream<String> all = output.lines()) {
      all.dropWhile(line -> !line.startsWith("=="))
          .filter(line -> !line.startsWith("#"))
          .limit(40)
          .forEach(lines::add);
    }
    return String.join("\n", lines);
  }

  private static long number(Pattern pattern, String output) {
    return pattern
        .matcher(output)
        .results()
        .reduce((_, last) -> last)
        .map((MatchResult found) -> Long.parseLong(found.group(1)))
        .orElse(-1L);
  }
}
