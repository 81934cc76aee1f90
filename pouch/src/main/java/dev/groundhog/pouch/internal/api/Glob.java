package dev.groundhog.pouch.internal.api;

/// Matches names as a shell does: `busy*`, `host/*:1.?`. No star goes beyond a `/`. The time is
/// that of both lengths multiplied, whatever a stranger's pattern is.
final class Glob {
  private Glob() {}

  static boolean matches(String pattern, String text) {
    int at = 0;
    int lastStar = -1;
    int tried = 0;
    int i = 0;
    while (i < text.length()) {
      if (at < pattern.length() && pattern.charAt(at) == '*') {
        lastStar = at++;
        tried = i;
      } else if (at < pattern.length() && isOne(pattern.charAt(at), text.charAt(i))) {
        at++;
        i++;
      } else if (lastStar >= 0 && text.charAt(tried) != '/') {
        at = lastStar + 1;
        i = ++tried;
      } else {
        return false;
      }
    }
    while (at < pattern.length() && pattern.charAt(at) == '*') {
      at++;
    }
    return at == pattern.length();
  }

  private static boolean isOne(char pattern, char c) {
    return pattern == c || (pattern == '?' && c != '/');
  }
}
