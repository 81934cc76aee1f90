package dev.groundhog.dump.internal.json;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.internal.json.JsonTokens.Landmark;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Looks behind damage for the next place to go on at.
final class LandmarkSearch {
  /// Lines that begin a dump in text; no string of JSON has a line break.
  private static final List<String> TEXT = List.of("Full thread dump ", "goroutine ");

  private final JsonBytes input;
  private final List<Landmark> landmarks;

  LandmarkSearch(JsonBytes input, List<Landmark> landmarks) {
    this.input = input;
    this.landmarks = landmarks;
  }

  /// Passes over everything up to the first of the landmarks, and takes it.
  Optional<Landmark> find() throws DumpException {
    byte[][] quoted = new byte[landmarks.size()][];
    for (int i = 0; i < quoted.length; i++) {
      quoted[i] = ('"' + landmarks.get(i).text() + '"').getBytes(StandardCharsets.UTF_8);
    }
    int[] matched = new int[quoted.length];
    StringBuilder line = new StringBuilder(input.isAtLineStart() ? "\n" : "");
    for (int c = input.peek(); c >= 0; c = input.peek()) {
      input.take();
      if (beginsText(line, c)) {
        input.endBefore(line.toString());
        return Optional.empty();
      }
      for (int i = 0; i < quoted.length; i++) {
        matched[i] = c == quoted[i][matched[i]] ? matched[i] + 1 : c == '"' ? 1 : 0;
        if (matched[i] == quoted[i].length) {
          matched[i] = 0;
          if (takes(landmarks.get(i))) {
            return Optional.of(landmarks.get(i));
          }
        }
      }
    }
    return Optional.empty();
  }

  /// Whether the line that has begun, `line` and now `c`, is one of [#TEXT]. One that can be none
  /// is not kept.
  private static boolean beginsText(StringBuilder line, int c) {
    if (c == '\n') {
      line.setLength(0);
      line.append('\n');
      return false;
    }
    if (line.isEmpty() || line.charAt(0) != '\n') {
      return false;
    }
    line.append((char) c);
    String begun = line.substring(1);
    if (TEXT.contains(begun)) {
      line.deleteCharAt(0);
      return true;
    }
    if (TEXT.stream().noneMatch(text -> text.startsWith(begun))) {
      line.setLength(0);
    }
    return false;
  }

  /// Whether a landmark's text, which has just been read, is what the landmark is.
  private boolean takes(Landmark landmark) throws DumpException {
    boolean isName = nextThatIsNoBlank() == ':';
    if (isName && landmark.isName()) {
      input.take();
    }
    return isName == landmark.isName();
  }

  private int nextThatIsNoBlank() throws DumpException {
    while (JsonBytes.isBlank(input.peek())) {
      input.take();
    }
    return input.peek();
  }
}
