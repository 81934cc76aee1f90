package dev.groundhog.pouch.internal.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How far a log has come: what of both raw files is behind one of its lines and those before. Each
/// line of `json.log` carries it, as `"raw":[120,0]`: so every whole line is a place to go on from,
/// whatever else was going on when the daemon was killed.
///
/// @param stdout bytes of `stdout.raw`
/// @param stderr bytes of `stderr.raw`
/// @param stdoutOpen the time of the line of `stdout` of which only parts are written, if there is
///   one: `"raw":[16384,0,"2026-11-25T22:01:30Z",""]`
/// @param stderrOpen the same of `stderr`
record Progress(
    long stdout, long stderr, @Nullable Instant stdoutOpen, @Nullable Instant stderrOpen) {
  static final Progress NONE = new Progress(0, 0, null, null);

  Progress {
    if (stdout < 0 || stderr < 0) {
      throw new IllegalArgumentException("negative");
    }
  }

  long bytes(LogStream stream) {
    return switch (stream) {
      case STDOUT -> stdout;
      case STDERR -> stderr;
    };
  }

  @Nullable Instant open(LogStream stream) {
    return switch (stream) {
      case STDOUT -> stdoutOpen;
      case STDERR -> stderrOpen;
    };
  }
}
