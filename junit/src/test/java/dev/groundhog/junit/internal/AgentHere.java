package dev.groundhog.junit.internal;

import java.io.IOException;
import java.io.UncheckedIOException;

/// Whether the check has met the agent in this JVM.
public final class AgentHere {
  private AgentHere() {}

  public static boolean isMet() {
    return Meeting.find().isPresent();
  }

  /// What is done in this JVM where it was not there from the start.
  public static String otherwise() {
    return WithoutAgent.chosen().toString();
  }

  /// Whether the agent knows that the current thread was started in a function that begins so.
  public static boolean startedThisThreadIn(String function) {
    long self = Thread.currentThread().threadId();
    boolean[] is = {false};
    try {
      Meeting.find()
          .orElseThrow()
          .dump()
          .only(thread -> thread.id().orElse(0) == self)
          .forEach(thread ->
              is[0] |=
                  thread.createdBy().frames().stream()
                      .anyMatch(frame -> frame.function().startsWith(function)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return is[0];
  }
}
