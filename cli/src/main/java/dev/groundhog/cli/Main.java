package dev.groundhog.cli;

import dev.groundhog.cli.internal.CommandLines;

/// `groundhog …`. Exit codes: 0 no leak, 1 leak found, 2 wrong usage, 3 the target could not be
/// read.
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(CommandLines.run(args));
  }
}
