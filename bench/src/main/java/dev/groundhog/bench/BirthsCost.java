package dev.groundhog.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What it costs that the agent records who starts threads: the same program in JVMs side by side,
/// without the agent, with `births=off`, `sample` and `all`, and with a hook at the same places
/// that only makes a `Throwable`. They are asked in turns, three JVMs of each, since those that run
/// the same differ by some percent; of all rounds the best counts. Argument: the agent's jar.
///
/// The last line has the figures.
public final class BirthsCost implements AutoCloseable {
  private static final int ROUNDS = 12;
  private static final String EMPTY = "empty 200000";
  private static final String BUSY = "busy 20000";
  private static final int PARKED = 500_000;
  private static final List<String> FLAGS =
      List.of(
          "-Xmx2g", "-XX:+UseParallelGC", "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED");

  private interface Start {
    Program program() throws IOException, InterruptedException;
  }

  /// One of the programs, and the best of what it was asked last.
  private static final class Side {
    private final String name;

    /// Which memory is asked of.
    private final Program program;

    private final List<Program> programs;
    private long best;

    Side(String name, Start start) throws IOException, InterruptedException {
      this.name = name;
      program = start.program();
      programs = List.of(program, start.program(), start.program());
    }

    void ask(String line) throws IOException {
      for (Program each : programs) {
        best = Math.min(best, Long.parseLong(each.ask(line)));
      }
    }

    double ratio(Side to) {
      return best / (double) to.best;
    }
  }

  private final Side none;
  private final Side off;
  private final Side sample;
  private final Side all;
  private final Side throwable;
  private final List<Side> sides;

  private BirthsCost(Path agent) throws IOException, InterruptedException {
    none = new Side("without", () -> Program.plain(FLAGS, StartedThreads.class));
    off = side(agent, "off");
    sample = side(agent, "sample");
    all = side(agent, "all");
    throwable = new Side("throwable", () -> program(agent, "sample"));
    throwable.ask("throwable 1");
    sides = List.of(none, off, sample, all, throwable);
  }

  private static Side side(Path agent, String mode) throws IOException, InterruptedException {
    return new Side("births=" + mode, () -> program(agent, mode));
  }

  private static Program program(Path agent, String mode) throws IOException, InterruptedException {
    return Program.start(agent, ",births=" + mode, FLAGS, StartedThreads.class);
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    try (BirthsCost cost = new BirthsCost(Path.of(args[0]).toAbsolutePath())) {
      cost.compare();
    }
  }

  private void compare() throws IOException {
    best(EMPTY);
    String empty =
        String.format(
            Locale.ROOT,
            "sample ratio %.2f, %d ns more, all against a Throwable ratio %.2f",
            sample.ratio(none),
            sample.best - none.best,
            all.ratio(throwable));
    best(BUSY);
    String busy = String.format(Locale.ROOT, "sample at 20 us of work %.3f", sample.ratio(none));
    System.out.printf(
        Locale.ROOT,
        "%s, %s, %s, bytes of a live thread: sample %d, all %d%n",
        empty,
        busy,
        stacks(all),
        bytes(sample),
        bytes(all));
  }

  /// How many stacks were turned into names, and how many sites there are.
  private static String stacks(Side side) throws IOException {
    String births =
        side.program.get(
            "/debug/groundhog/births",
            body -> new String(body.readAllBytes(), StandardCharsets.UTF_8));
    Matcher resolved = Pattern.compile("\"resolvedStacks\":(\\d+)").matcher(births);
    if (!resolved.find()) {
      throw new IOException("births without resolvedStacks: " + births);
    }
    long sites = Pattern.compile("\"kind\"").matcher(births).results().count();
    return resolved.group(1) + " stacks of " + sites + " sites";
  }

  private void best(String line) throws IOException {
    for (Side side : sides) {
      side.best = Long.MAX_VALUE;
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Side side : sides) {
        side.ask(line);
      }
    }
    for (Side side : sides) {
      System.out.println(line + ", " + side.name + ": " + side.best + " ns each");
    }
  }

  /// What is free once nothing is recorded any more, for each thread.
  private static long bytes(Side side) throws IOException {
    long used = Long.parseLong(side.program.ask("park " + PARKED));
    long without = Long.parseLong(side.program.ask("forget 1"));
    System.out.println(
        "park " + PARKED + ", " + side.name + ": " + used + " bytes, then " + without);
    return Math.max(0, used - without) / PARKED;
  }

  @Override
  public void close() throws IOException {
    for (Side side : sides) {
      for (Program program : side.programs) {
        program.close();
      }
    }
  }
}
