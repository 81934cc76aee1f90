package dev.groundhog.pouch.internal.image;

/// Processors by the names that images use.
public final class Architecture {
  private Architecture() {}

  public static String ofThisMachine() {
    String name = System.getProperty("os.arch", "");
    return switch (name) {
      case "aarch64" -> "arm64";
      case "x86_64" -> "amd64";
      default -> name;
    };
  }
}
