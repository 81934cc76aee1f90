package dev.groundhog.dump;

/// Something that could not be read, and where; everything else was kept.
///
/// @param line the line of the input, counted from 1, or 0 where the format has no lines
/// @param text what was lost
public record Warning(long line, String text) {
  @Override
  public String toString() {
    return line == 0 ? text : "line " + line + ": " + text;
  }
}
