import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/// What was done, and what went wrong.
final class Tally {
  /// Whoever has not ended after so long hangs.
  static final long HANG_SECONDS = 60;

  private static final int SHOWN = 20;
  private static final Map<String, LongAdder> COUNTS = new ConcurrentSkipListMap<>();
  private static final LongAdder WRONG = new LongAdder();

  private Tally() {}

  static void count(String what) {
    count(what, 1);
  }

  static void count(String what, long number) {
    COUNTS.computeIfAbsent(what, _ -> new LongAdder()).add(number);
  }

  static long of(String what) {
    LongAdder count = COUNTS.get(what);
    return count == null ? 0 : count.sum();
  }

  /// The first ones are printed.
  static synchronized void wrong(String what) {
    WRONG.increment();
    if (WRONG.sum() <= SHOWN) {
      System.out.println("WRONG: " + what);
    }
  }

  static void check(boolean isRight, String what) {
    if (!isRight) {
      wrong(what);
    }
  }

  static long wrong() {
    return WRONG.sum();
  }

  static String text() {
    StringBuilder text = new StringBuilder();
    COUNTS.forEach(
        (what, count) ->
            text.append(text.isEmpty() ? "" : ", ").append(what).append(' ').append(count.sum()));
    return text.toString();
  }
}
