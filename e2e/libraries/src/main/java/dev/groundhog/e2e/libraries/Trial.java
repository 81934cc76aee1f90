package dev.groundhog.e2e.libraries;

import dev.groundhog.junit.LeakCheck;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;

/// The tests that the check judges. What a library starts once for all it starts in the first one,
/// which must be clean: there it can't hide behind an earlier one.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class Trial {
  /// With the time that the check gives by itself.
  @LeakCheck
  static final class Usual extends Trial {}

  /// For libraries that end their threads later.
  @LeakCheck(within = "3s")
  static final class Patient extends Trial {}

  /// What a test does, and the method that does it.
  enum Kind {
    STOPPED("stopped"),
    STOPPED_RENAMED("stoppedRenamed"),
    LEFT_OPEN("leftOpen"),
    LEFT_OPEN_RENAMED("leftOpenRenamed");

    private final String method;

    Kind(String method) {
      this.method = method;
    }

    String method() {
      return method;
    }

    boolean leaves() {
      return this == LEFT_OPEN || this == LEFT_OPEN_RENAMED;
    }

    boolean renames() {
      return this == STOPPED_RENAMED || this == LEFT_OPEN_RENAMED;
    }
  }

  private static final Random NAMES = new Random();
  private static final List<Library.Started> OPEN = new ArrayList<>();

  /// What each test started and was there at its end, as the JDK lists it.
  private static final Map<Kind, Set<Thread>> THERE = new EnumMap<>(Kind.class);

  private static final Set<Stay> SEEN = new HashSet<>();

  private final Library library = Main.library();
  private final Set<Thread> before = Thread.getAllStackTraces().keySet();

  @Test
  @Order(1)
  void stopped() throws Exception {
    stop(Kind.STOPPED, Optional.empty());
  }

  @Test
  @Order(2)
  @EnabledIf("takesFactory")
  void stoppedRenamed() throws Exception {
    stop(Kind.STOPPED_RENAMED, Optional.of(Trial::renamed));
  }

  @Test
  @Order(3)
  void leftOpen() throws Exception {
    leave(Kind.LEFT_OPEN, Optional.empty());
  }

  @Test
  @Order(4)
  @EnabledIf("takesFactory")
  void leftOpenRenamed() throws Exception {
    leave(Kind.LEFT_OPEN_RENAMED, Optional.of(Trial::renamed));
  }

  static boolean takesFactory() {
    return Main.library().takesFactory().isPresent();
  }

  private void stop(Kind test, Optional<ThreadFactory> factory) throws Exception {
    Library.Started started = library.start(factory);
    started.use();
    started.stop();
    see(test);
  }

  private void leave(Kind test, Optional<ThreadFactory> factory) throws Exception {
    Library.Started started = library.start(factory);
    OPEN.add(started);
    started.use();
    see(test);
  }

  private void see(Kind test) {
    Set<Thread> there = new HashSet<>(Thread.getAllStackTraces().keySet());
    there.removeAll(before);
    THERE.put(test, there);
    library.stays().stream().filter(stay -> there.stream().anyMatch(stay::isOf)).forEach(SEEN::add);
  }

  /// As a program's own factory, whose names tell nothing.
  private static Thread renamed(Runnable task) {
    return new Thread(task, Long.toString(NAMES.nextLong(), Character.MAX_RADIX));
  }

  /// Those that run with `library`.
  static Stream<Kind> tests(Library library) {
    return Stream.of(Kind.values())
        .filter(test -> library.takesFactory().isPresent() || !test.renames());
  }

  /// What `test` started and is still alive.
  static List<Thread> alive(Kind test) {
    return THERE.getOrDefault(test, Set.of()).stream().filter(Thread::isAlive).toList();
  }

  /// Those of which a thread was there at the end of a test.
  static Set<Stay> seen() {
    return SEEN;
  }

  static void stopAll() throws Exception {
    for (Library.Started started : OPEN) {
      started.stop();
    }
  }
}
