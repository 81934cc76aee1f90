package dev.groundhog.pouch.internal.log;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;

/// A line that a container printed, or a part of one of more than 16 KiB.
///
/// @param time when the line was seen; all parts of a line have the time of the first
/// @param log UTF-8, with the line's end if that was printed: a part that isn't the last has none.
///   Not copied
/// @param attrs labels and variables of the container that its log options ask for
@SuppressWarnings("ArrayRecordComponent") // what a socket is given
public record LogEntry(LogStream stream, Instant time, byte[] log, Map<String, String> attrs) {
  /// What was printed, as text.
  public String text() {
    return new String(log, StandardCharsets.UTF_8);
  }
}
