package dev.groundhog.endpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;

/// What a debug address answers.
///
/// @param status the HTTP status
/// @param headers in the order in which they are sent
/// @param patience how long the body may wait before it writes anything, because that was asked for
/// @param body written once, of unknown length
public record Answer(int status, Map<String, String> headers, Duration patience, Body body) {
  /// An answer that does not wait.
  public Answer(int status, Map<String, String> headers, Body body) {
    this(status, headers, Duration.ZERO, body);
  }

  /// One line of plain text.
  public static Answer line(int status, String line) {
    return new Answer(status, Answers.headers(Answers.TEXT), Answers.text(line + "\n"));
  }

  /// What is sent; it streams.
  @FunctionalInterface
  public interface Body {
    /// Writes all of it, and neither flushes nor closes.
    void writeTo(OutputStream out) throws IOException;
  }
}
