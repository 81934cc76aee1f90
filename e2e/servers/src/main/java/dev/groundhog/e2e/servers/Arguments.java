package dev.groundhog.e2e.servers;

/// What the servers' `main` methods share.
final class Arguments {
  private Arguments() {}

  static boolean virtual(String[] args) {
    return switch (args.length == 1 ? args[0] : "") {
      case "platform" -> false;
      case "virtual" -> true;
      default -> throw new IllegalArgumentException("one argument: platform or virtual");
    };
  }

  static void listening(int port) {
    System.out.println("listening on http://127.0.0.1:" + port);
  }
}
