package dev.groundhog.leak;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/// Finds what was probably meant by a misspelt name.
final class NearNames {
  /// In a list of all functions, names may differ by this many edits, and by at most a third of
  /// their length.
  private static final int MAX_DISTANCE = 3;

  /// Among all words of a runtime, of which most short ones are one edit from another, a name may
  /// differ by one edit from this length on, and by two from the double.
  private static final int MIN_LENGTH_FOR_EDIT = 5;

  private NearNames() {}

  /// Of a list in which each name may be meant, the nearest.
  static Optional<String> among(Collection<String> candidates, String name) {
    int limit = Math.min(MAX_DISTANCE, Math.max(1, name.length() / 3));
    return closest(candidates, name, limit, _ -> true);
  }

  /// Of many names that have nothing to do with each other, the nearest that only a slip tells from
  /// `name`: neighbours swapped, the case, an edit in a long one.
  ///
  /// @param preferred is taken before others that are equally near
  static Optional<String> slip(
      Collection<String> candidates, String name, Predicate<String> preferred) {
    int limit = Math.max(1, name.length() / MIN_LENGTH_FOR_EDIT);
    return closest(
        candidates.stream().filter(c -> isSlip(c, name)).toList(), name, limit, preferred);
  }

  private static boolean isSlip(String candidate, String name) {
    if (candidate.equalsIgnoreCase(name)) {
      return true;
    }
    if (Math.abs(candidate.length() - name.length()) > 2) {
      return false;
    }
    int edits = distance(candidate, name);
    return (edits == 1 && letters(candidate).equals(letters(name)))
        || edits <= Math.min(2, name.length() / MIN_LENGTH_FOR_EDIT);
  }

  /// Of names that are equally near, one with the same letters was more likely meant.
  private static Optional<String> closest(
      Collection<String> candidates, String name, int limit, Predicate<String> preferred) {
    record Near(String name, int distance, boolean otherLetters, boolean other) {}
    return candidates.stream()
        .filter(c -> Math.abs(c.length() - name.length()) <= limit && !c.isEmpty())
        .map(c ->
            new Near(
                c,
                c.equalsIgnoreCase(name) ? 0 : distance(name, c),
                !letters(name).equals(letters(c)),
                !preferred.test(c)))
        .filter(near -> near.distance <= limit)
        .min(
            Comparator.comparingInt(Near::distance)
                .thenComparing(Near::otherLetters)
                .thenComparing(Near::other)
                .thenComparing(Near::name))
        .map(Near::name);
  }

  private static String letters(String name) {
    char[] letters = name.toLowerCase(Locale.ROOT).toCharArray();
    Arrays.sort(letters);
    return new String(letters);
  }

  /// Damerau's distance in its restricted form: insert, delete, replace, swap neighbours.
  static int distance(String a, String b) {
    int[][] rows = new int[3][b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      rows[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = rows[i % 3];
      int[] above = rows[(i + 2) % 3];
      int[] twoAbove = rows[(i + 1) % 3];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, 1 + Math.min(above[j], row[j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          row[j] = Math.min(row[j], twoAbove[j - 2] + 1);
        }
      }
    }
    return rows[a.length() % 3][b.length()];
  }
}
