package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Looks at all threads of this JVM. Safe to share.
sealed interface Look permits AgentLook, PlainLook {
  /// The best that there is now.
  static Look here() {
    return Meeting.find().<Look>map(AgentLook::new).orElseGet(PlainLook::new);
  }

  /// All threads that are alive, the one that looks among them.
  Dump dump() throws IOException;

  /// Who cannot be seen and why, in a sentence; empty if all can.
  Optional<String> missing();

  /// Interrupts those that it can reach.
  void interrupt(List<Long> ids) throws IOException;
}
