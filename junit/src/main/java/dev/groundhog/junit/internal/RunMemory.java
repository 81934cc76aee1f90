package dev.groundhog.junit.internal;

import dev.groundhog.junit.LeakTestReport;
import dev.groundhog.junit.internal.RunOptions.Unused;
import dev.groundhog.leak.Suppressions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// What is remembered of one run of tests until it ends: which tests ran, which ignores expected a
/// thread, and what leaked. Where no launcher tells of runs, all that a JVM checks is one. Safe to
/// share.
final class RunMemory {
  private static final System.Logger LOG = System.getLogger(RunMemory.class.getName());

  private static RunMemory current = new RunMemory();

  /// A test may run tests itself: these are part of the run around them.
  private static int open;

  private final TestsRun tests = new TestsRun();
  private final IgnoreUse ignores = new IgnoreUse();

  private final Instant begun = Instant.now();
  private final FoundLeaks leaks = new FoundLeaks();
  private final NewLeaks newLeaks = new NewLeaks();
  private Optional<RunOptions> options = Optional.empty();
  private Optional<Suppressions> baseline = Optional.empty();

  private RunMemory() {}

  static synchronized RunMemory current() {
    return current;
  }

  /// A session of JUnit's launcher opens.
  static synchronized void opened() {
    if (open++ == 0) {
      current = new RunMemory();
    }
  }

  /// @return whether the run has ended
  static synchronized boolean closed() {
    return --open == 0;
  }

  /// A plan begins; what the first one of the run has set counts.
  synchronized void set(Function<String, Optional<String>> values) {
    if (options.isEmpty()) {
      options = Optional.of(read(values));
    }
  }

  private static RunOptions read(Function<String, Optional<String>> values) {
    try {
      return RunOptions.of(values);
    } catch (IllegalArgumentException e) {
      LOG.log(Level.WARNING, "leak check: " + e.getMessage());
      return RunOptions.DEFAULT;
    }
  }

  synchronized RunOptions options() {
    set(key -> Optional.ofNullable(System.getProperty(key)));
    return options.orElseThrow();
  }

  /// The leaks that are known.
  ///
  /// @throws UncheckedIOException if the file is missing or malformed; the message says what to do
  synchronized Suppressions baseline() {
    if (baseline.isEmpty()) {
      RunOptions set = options();
      baseline =
          Optional.of(
              set.baseline()
                  .map(file -> BaselineFile.read(file, set.writesBaseline()))
                  .orElse(Suppressions.NONE));
    }
    return baseline.get();
  }

  /// Whether a leak goes into the baseline, so that nothing fails. What no line can tell from
  /// others fails only when the baseline is read.
  boolean isKept(LeakTestReport leak) {
    if (!options().writesBaseline()) {
      return false;
    }
    boolean isKept = newLeaks.add(leak, BaselineFile.MAX_LINES - baseline().rules().size());
    if (!isOpen()) {
      writeBaseline();
    }
    return isKept;
  }

  private static synchronized boolean isOpen() {
    return open > 0;
  }

  private void writeBaseline() {
    Path file = options().baseline().orElseThrow();
    try {
      BaselineFile.Added added = BaselineFile.add(file, newLeaks.lines());
      LOG.log(
          Level.INFO,
          "leak check: " + counted(added.lines(), "new leak") + " written into " + file);
      warn(added.leftOut(), file + ": it has " + BaselineFile.MAX_LINES + " lines already");
      warn(
          newLeaks.nameless(),
          file
              + ": nothing but the JDK's code is on the stack, and who started the thread is not"
              + " known, so that the line would hide others too");
    } catch (IOException | UncheckedIOException e) {
      LOG.log(Level.WARNING, "leak check: " + file + " could not be written: " + e);
    }
  }

  /// @param why into which file, and what keeps them out
  private static void warn(int leftOut, String why) {
    if (leftOut > 0) {
      LOG.log(
          Level.WARNING, "leak check: " + counted(leftOut, "leak") + " not written into " + why);
    }
  }

  private static String counted(int leaks, String noun) {
    return leaks + " " + noun + (leaks == 1 ? " was" : "s were");
  }

  /// The run is over: tells what only the whole of it can tell.
  void end() {
    if (options().writesBaseline()) {
      writeBaseline();
    }
    UnusedIgnores unused =
        options().unusedIgnores() == Unused.OFF ? UnusedIgnores.NONE : ignores.unused(tests);
    UnusedIgnores untold = ignores.untold(unused);
    if (!untold.areNone()) {
      LOG.log(Level.WARNING, untold.text());
    }
    options().report().ifPresent(folder -> writeReport(folder, unused));
  }

  private void writeReport(Path folder, UnusedIgnores unused) {
    try {
      new RunReport(begun, Instant.now(), tests.count(), leaks.kept(), leaks.dropped(), unused)
          .write(folder);
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.WARNING, "leak check: no report could be written into " + folder + ": " + e);
    }
  }

  FoundLeaks leaks() {
    return leaks;
  }

  TestsRun tests() {
    return tests;
  }

  IgnoreUse ignores() {
    return ignores;
  }
}
