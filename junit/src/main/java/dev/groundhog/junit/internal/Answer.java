package dev.groundhog.junit.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;

/// Reads what the agent answers, in one pass: a test may have left any number of threads.
final class Answer {
  private static final int MAX_DIGITS = 18;

  private Answer() {}

  /// Ids with one blank between them, or none.
  ///
  /// @throws IllegalArgumentException if it is something else
  static long[] ids(String text) {
    return text.isEmpty() ? new long[0] : numbers(text, 0, text.length());
  }

  /// Lines of a tag and its ids.
  ///
  /// @throws IllegalArgumentException if it is something else
  static Map<Integer, long[]> byTag(String text) {
    Map<Integer, long[]> found = new HashMap<>();
    int begin = 0;
    while (begin < text.length()) {
      int end = text.indexOf('\n', begin);
      end = end < 0 ? text.length() : end;
      long[] numbers = numbers(text, begin, end);
      found.put(tag(numbers[0]), LongStream.of(numbers).skip(1).toArray());
      begin = end + 1;
    }
    return found;
  }

  /// @throws IllegalArgumentException if it is none
  static int tag(String text) {
    return tag(numbers(text, 0, text.length())[0]);
  }

  private static int tag(long number) {
    if (number > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(number + " is no tag");
    }
    return (int) number;
  }

  private static long[] numbers(String text, int begin, int end) {
    LongStream.Builder numbers = LongStream.builder();
    int at = begin;
    while (at <= end) {
      int digits = at;
      long number = 0;
      while (digits < end && isDigit(text.charAt(digits)) && digits - at < MAX_DIGITS) {
        number = 10 * number + (text.charAt(digits++) - '0');
      }
      if (digits == at || (digits < end && text.charAt(digits) != ' ')) {
        throw new IllegalArgumentException("no number at " + at);
      }
      numbers.add(number);
      at = digits + 1;
    }
    return numbers.build().toArray();
  }

  private static boolean isDigit(char letter) {
    return letter >= '0' && letter <= '9';
  }
}
