package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.errors.ApiException;
import java.util.List;
import java.util.Locale;

/// What a container's failed start means for clients.
///
/// @param exitCode as of a shell
record StartFailure(int exitCode, ApiException.Code code) {
  private static final int NOT_FOUND = 127;
  private static final int NOT_EXECUTABLE = 126;
  private static final int OTHER = 128;

  /// Reads the words, as Docker does.
  static StartFailure of(String error) {
    String words = error.toLowerCase(Locale.ROOT);
    if (words.contains("exec: ") || words.contains("not a directory")) {
      if (List.of("executable file not found", "no such file or directory", "not a directory")
          .stream()
          .anyMatch(words::contains)) {
        return new StartFailure(NOT_FOUND, ApiException.Code.BAD_REQUEST);
      }
      if (words.contains("permission denied")) {
        return new StartFailure(NOT_EXECUTABLE, ApiException.Code.BAD_REQUEST);
      }
    }
    return new StartFailure(OTHER, ApiException.Code.INTERNAL);
  }
}
