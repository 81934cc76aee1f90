package dev.groundhog.pouch;

import java.time.Duration;
import java.util.Optional;

/// Waits, up to a bound, for what somebody else does at some time.
public final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

  private Await() {}

  /// What is looked at again and again.
  @FunctionalInterface
  public interface Question {
    boolean isYes() throws Exception;
  }

  /// The same, where the answer is more than a yes.
  @FunctionalInterface
  public interface Look<T> {
    Optional<T> answer() throws Exception;
  }

  /// @param awaited said in the error when it does not come
  public static void until(String awaited, Question question) throws Exception {
    boolean _ = first(awaited, () -> question.isYes() ? Optional.of(true) : Optional.empty());
  }

  /// @return the first answer that there is
  /// @param awaited said in the error when there is none
  public static <T> T first(String awaited, Look<T> look) throws Exception {
    long began = System.nanoTime();
    while (System.nanoTime() - began < PATIENCE.toNanos()) {
      Optional<T> answer = look.answer();
      if (answer.isPresent()) {
        return answer.get();
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + awaited);
  }
}
