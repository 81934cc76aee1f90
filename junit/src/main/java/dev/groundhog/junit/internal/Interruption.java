package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.junit.LeakTestReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Interrupts leaked threads, so that they do not disturb the tests that follow.
final class Interruption {
  private static final Duration WITHIN = Duration.ofSeconds(1);
  private static final int MAX_SHOWN = 10;

  private Interruption() {}

  /// The same report with what came of it.
  static LeakTestReport of(LeakTestReport leak) {
    List<String> notes = new ArrayList<>(leak.notes());
    notes.add(interrupt(leak));
    return new LeakTestReport(leak.test(), leak.dump(), leak.groups(), notes);
  }

  private static String interrupt(LeakTestReport leak) {
    Set<Long> ids = new TreeSet<>();
    leak.dump().forEach(thread -> thread.id().ifPresent(ids::add));
    try (Pauses pauses = new Pauses()) {
      Look look = Look.here();
      look.interrupt(List.copyOf(ids));
      Set<Long> left = left(look, ids, pauses);
      return left.isEmpty()
          ? "all were interrupted, and have ended"
          : "interrupted, and "
              + left.size()
              + (pauses.isInterrupted() ? " had not ended yet: " : " did not end within 1 s: ")
              + left.stream().limit(MAX_SHOWN).map(id -> "#" + id).collect(Collectors.joining(", "))
              + (left.size() > MAX_SHOWN ? ", …" : "")
              + (!(look instanceof AgentLook) && hasVirtual(leak)
                  ? "; without Groundhog's agent virtual threads can't be interrupted"
                  : "");
    } catch (IOException | RuntimeException | LinkageError e) {
      return "they could not be interrupted: " + e;
    }
  }

  private static boolean hasVirtual(LeakTestReport leak) {
    return leak.groups().stream().anyMatch(group -> group.sample().kind() == ThreadKind.VIRTUAL);
  }

  private static Set<Long> left(Look look, Set<Long> ids, Pauses pauses) throws IOException {
    Set<Long> left = new TreeSet<>();
    do {
      left.clear();
      look.dump().forEach(thread -> added(thread, ids, left));
    } while (!left.isEmpty() && pauses.pause(WITHIN));
    return left;
  }

  private static void added(DumpThread thread, Set<Long> ids, Set<Long> left) {
    thread
        .id()
        .ifPresent(id -> {
          if (ids.contains(id)) {
            left.add(id);
          }
        });
  }
}
