package dev.groundhog.dump.fuzz;

/// The entry point that Jazzer calls. Its one argument is the name of a [FuzzTarget].
public final class FuzzDriver {
  private static FuzzTarget target = FuzzTarget.ANYTHING;

  private FuzzDriver() {}

  public static void fuzzerInitialize(String[] args) {
    target = FuzzTarget.valueOf(args[0]);
  }

  public static void fuzzerTestOneInput(byte[] input) {
    target.check(input);
  }
}
