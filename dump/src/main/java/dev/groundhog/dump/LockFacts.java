package dev.groundhog.dump;

import java.util.Optional;
import java.util.OptionalLong;

/// What public API does not tell of locks. Safe to share.
public interface LockFacts {
  /// Nothing is known.
  LockFacts NONE =
      new LockFacts() {
        @Override
        public OptionalLong ownerOf(Object blocker) {
          return OptionalLong.empty();
        }

        @Override
        public Optional<Monitor> entering(Thread thread) {
          return Optional.empty();
        }
      };

  /// A monitor that a thread waits to enter.
  ///
  /// @param owner the id of the thread that is in it
  record Monitor(LockRef object, OptionalLong owner) {}

  /// The id of the thread that owns what another one is parked for; empty if none does, or if it is
  /// not known.
  OptionalLong ownerOf(Object blocker);

  /// The monitor that `thread`, whose state was `BLOCKED`, waits to enter; empty if it is not
  /// known, or no longer so.
  Optional<Monitor> entering(Thread thread);
}
