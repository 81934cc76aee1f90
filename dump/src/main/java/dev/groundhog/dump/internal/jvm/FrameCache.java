package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.Frame;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Parses each text of a frame once, since a dump repeats few of them many times. Bounded: beyond
/// [#MAX_CACHED] texts, and for texts beyond [#MAX_TEXT] characters, it parses again.
final class FrameCache {
  private static final int MAX_CACHED = 50_000;
  private static final int MAX_TEXT = 1_000;

  private final Map<String, Frame> known = new HashMap<>();

  /// The frame, or empty if `text` is none.
  Optional<Frame> get(String text) {
    Frame cached = known.get(text);
    if (cached != null) {
      return Optional.of(cached);
    }
    Optional<Frame> parsed = JvmFrames.parse(text);
    if (text.length() <= MAX_TEXT && known.size() < MAX_CACHED) {
      parsed.ifPresent(frame -> known.put(text, frame));
    }
    return parsed;
  }
}
