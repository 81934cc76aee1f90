package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.Frame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Frames from a function and `FILE:LINE`, as Go's text formats write them; equal ones of one dump
/// are one object. Not thread-safe.
final class GoPlaces {
  private static final int MAX_CACHED = 100_000;

  /// Longer ones are not worth holding: a line may have a million characters.
  private static final int MAX_TEXT = 1_000;

  private static final List<String> TAILS = List.of(" +0x", " fp=0x", " pc=0x");

  /// A place whose tab became blanks, as when text is copied from a terminal.
  private static final Pattern BLANKS = Pattern.compile(" {1,16}\\S.*:\\d+(?: \\+0x.*)?");

  private final Map<Frame, Frame> known = new HashMap<>();

  /// The line with its tab, if it is a place in front of which blanks stand.
  static String withTab(String line) {
    return line.startsWith(" ") && BLANKS.matcher(line).matches() ? "\t" + line.strip() : line;
  }

  /// The frame of a traceback.
  ///
  /// @param place `\tFILE:LINE +0x1d fp=0x.. sp=0x.. pc=0x..`, `\tpc=0x..` or null
  Frame frame(String function, @Nullable String place) {
    String name = function.isEmpty() ? "?" : function;
    Frame frame =
        place == null || place.startsWith("\tpc=0x")
            ? new Frame(name, "", Frame.UNKNOWN_LINE)
            : parse(name, withoutTail(place.substring(1)));
    if (name.length() + frame.file().length() > MAX_TEXT) {
      return frame;
    }
    if (known.size() >= MAX_CACHED) {
      known.clear();
    }
    return known.computeIfAbsent(frame, fresh -> fresh);
  }

  /// The frame at `FILE:LINE`; a file of `?` is an unknown one.
  static Frame parse(String function, String location) {
    int colon = location.lastIndexOf(':');
    OptionalLong line =
        colon < 0 ? OptionalLong.empty() : GoHeader.number(location.substring(colon + 1));
    if (line.isEmpty() || line.getAsLong() > Integer.MAX_VALUE) {
      return new Frame(function, location, Frame.UNKNOWN_LINE);
    }
    String file = location.substring(0, colon);
    return new Frame(function, file.equals("?") ? "" : file, (int) line.getAsLong());
  }

  private static String withoutTail(String place) {
    String location = place;
    for (String tail : TAILS) {
      int end = location.indexOf(tail);
      location = end < 0 ? location : location.substring(0, end);
    }
    return location;
  }
}
