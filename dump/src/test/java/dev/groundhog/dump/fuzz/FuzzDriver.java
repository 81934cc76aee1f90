package dev.groundhog.dump.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The entry point that Jazzer calls, with the name of a [FuzzTarget]; and [#main], which tries one
/// input again.
public final class FuzzDriver {
  private static FuzzTarget target = FuzzTarget.ANYTHING;

  private FuzzDriver() {}

  public static void fuzzerInitialize(String[] args) {
    target = FuzzTarget.valueOf(args[0]);
  }

  public static void fuzzerTestOneInput(byte[] input) {
    target.check(input);
  }

  /// Fails as the finding did.
  ///
  /// @param args a [FuzzTarget] and a file
  public static void main(String[] args) throws IOException {
    fuzzerInitialize(args);
    fuzzerTestOneInput(Files.readAllBytes(Path.of(args[1])));
    System.out.println("nothing found");
  }
}
