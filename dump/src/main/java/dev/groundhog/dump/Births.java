package dev.groundhog.dump;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// Who started the threads of this JVM, from where and when. Safe to share.
@FunctionalInterface
public interface Births {
  /// Nothing is known.
  Births NONE = _ -> Birth.UNTOLD;

  /// The start of one thread.
  ///
  /// @param createdBy the stack that started it, the creator's own frames first; empty unless the
  ///   start was recorded
  /// @param creatorId the id of the thread that started it
  /// @param age time since it was started; of one from before the recording, since that began
  record Birth(
      BirthRecord record, CallStack createdBy, OptionalLong creatorId, Optional<Duration> age) {
    public static final Birth UNTOLD =
        new Birth(BirthRecord.UNTOLD, CallStack.EMPTY, OptionalLong.empty(), Optional.empty());
  }

  Birth of(Thread thread);
}
