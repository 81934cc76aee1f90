package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.Frame;
import java.util.OptionalLong;

/// `FILE:LINE`, as both of Go's text formats write it.
final class GoPlaces {
  private GoPlaces() {}

  static Frame frame(String function, String location) {
    int colon = location.lastIndexOf(':');
    OptionalLong line =
        colon < 0 ? OptionalLong.empty() : GoHeader.number(location.substring(colon + 1));
    if (line.isEmpty() || line.getAsLong() > Integer.MAX_VALUE) {
      return new Frame(function, location, Frame.UNKNOWN_LINE);
    }
    String file = location.substring(0, colon);
    return new Frame(function, file.equals("?") ? "" : file, (int) line.getAsLong());
  }
}
