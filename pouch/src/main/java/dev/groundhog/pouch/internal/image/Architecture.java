package dev.groundhog.pouch.internal.image;

/// Processors by their names.
public final class Architecture {
  private Architecture() {}

  /// As images name it: `amd64`.
  public static String ofThisMachine() {
    String name = System.getProperty("os.arch", "");
    return switch (name) {
      case "aarch64" -> "arm64";
      case "x86_64" -> "amd64";
      default -> name;
    };
  }

  /// As the kernel names it: `x86_64`.
  public static String ofTheKernel() {
    String name = ofThisMachine();
    return switch (name) {
      case "arm64" -> "aarch64";
      case "amd64" -> "x86_64";
      default -> name;
    };
  }
}
