package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// Looks at all threads of this JVM. Safe to share.
sealed interface Look permits AgentLook, JdkLook, PlatformLook {
  /// The best that there is now; the first time that it is blind for some threads, it says so.
  static Look here() {
    Look found =
        Meeting.find().<Look>map(AgentLook::new).orElseGet(() -> without(WithoutAgent.chosen()));
    found.missing().ifPresent(Blindness::say);
    return found;
  }

  private static Look without(WithoutAgent chosen) {
    return switch (chosen) {
      case JDK ->
          JdkLook.isPossible()
              ? new JdkLook()
              : new PlatformLook(
                  "the module jdk.management is missing; start Java with"
                      + " --add-modules jdk.management");
      case PLATFORM -> new PlatformLook("so " + WithoutAgent.PROPERTY + " says");
      case LOAD -> new PlatformLook(Meeting.refusal());
    };
  }

  /// All threads that are alive, the one that looks among them.
  Dump dump() throws IOException;

  /// Who cannot be seen and why, in a sentence; empty if all can.
  Optional<String> missing();

  /// Interrupts those that it can reach.
  void interrupt(List<Long> ids) throws IOException;

  /// What is not seen is said once, and not only where a leak is found.
  final class Blindness {
    private static final System.Logger LOG = System.getLogger(Look.class.getName());
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private Blindness() {}

    static void say(String missing) {
      if (SAID.compareAndSet(false, true)) {
        LOG.log(Level.WARNING, "the check for leaked threads does not see all: " + missing);
      }
    }
  }
}
