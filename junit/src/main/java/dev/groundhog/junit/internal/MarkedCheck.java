package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.junit.LeakOptions;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/// Whether functions that are marked `@LeakProne` were entered and not left, on whatever thread:
/// also on one of a shared pool or a server, which belongs to no test. Costs nothing where no
/// function is marked.
///
/// Without the agent it looks at platform threads alone: the JDK's dump is not safe enough to be
/// taken around each test (JDK-8364343).
final class MarkedCheck {
  private static final System.Logger LOG = System.getLogger(MarkedCheck.class.getName());

  private static final List<String> NOTES =
      List.of(
          "a function that is marked @LeakProne was entered meanwhile and not left, on a thread that"
              + " may be anybody's");

  /// More threads in marked functions are not told apart.
  private static final int MAX_BEFORE = 1_000_000;

  /// Beyond these a stay may be told twice.
  private static final int MAX_TOLD = 100_000;

  private static final Set<Stay> TOLD = ConcurrentHashMap.newKeySet();

  /// A thread in a marked function.
  private record Stay(long thread, String function) {}

  private final Map<String, String> marked;
  private final Set<Stay> before;

  private MarkedCheck(Map<String, String> marked, Set<Stay> before) {
    this.marked = marked;
    this.before = before;
  }

  /// Who is in a marked function now is not told later. Empty if none is marked.
  static Optional<MarkedCheck> begin(Class<?> testClass) {
    return begin(
        Optional.ofNullable(testClass.getClassLoader())
            .orElseGet(ClassLoader::getSystemClassLoader));
  }

  static Optional<MarkedCheck> begin(ClassLoader loader) {
    try {
      Map<String, String> marked = MarkedFunctions.of(loader);
      if (marked.isEmpty()) {
        return Optional.empty();
      }
      MarkedCheck check = new MarkedCheck(marked, new HashSet<>());
      look().forEach(thread -> check.stays(thread).forEach(check.before::add));
      if (check.before.size() > MAX_BEFORE) {
        throw new IllegalStateException("more than " + MAX_BEFORE + " threads are in some");
      }
      return Optional.of(check);
    } catch (IOException | RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, "marked functions are not checked: " + e);
      return Optional.empty();
    }
  }

  /// Who is in a marked function now is never told: a test failed in it, say.
  static void excuse(Class<?> testClass) {
    begin(testClass).ifPresent(check -> check.before.stream().limit(MAX_TOLD).forEach(TOLD::add));
  }

  private static Dump look() throws IOException {
    Optional<Meeting> agent = Meeting.find();
    return agent.isPresent()
        ? agent.get().dump()
        : new PlatformLook("the JDK's dump is not safe enough").dump();
  }

  private Stream<Stay> stays(DumpThread thread) {
    OptionalLong id = thread.id();
    return id.isEmpty()
        ? Stream.empty()
        : thread.stack().frames().stream()
            .map(Frame::function)
            .filter(marked::containsKey)
            .map(function -> new Stay(id.getAsLong(), function));
  }

  /// Does about a function that is not left in time what the options say.
  ///
  /// @param test which test or class it was entered in
  /// @param isSure whether it can have been nobody else; asked when time is up
  /// @throws dev.groundhog.junit.LeakError if there is one and they say that it fails
  void verify(CheckSettings settings, String test, BooleanSupplier isSure) {
    Optional<Dump> found = Optional.empty();
    try {
      found = stuck(LeakChecker.withFiles(settings.options())).filter(_ -> isSure.getAsBoolean());
    } catch (IOException | RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, "marked functions are not checked: " + e);
    }
    if (found.isPresent() && isTaken(found.get())) {
      Reporting reporting =
          new Reporting(settings.asker(), Reporting.Subject.OTHER, () -> _ -> test, NOTES);
      LeakChecker.tell(
          reporting.report(found.get(), List.of(), this::cure),
          settings.options(),
          settings.asker());
    }
  }

  /// Who is still in a marked function when time is up.
  private Optional<Dump> stuck(LeakOptions options) throws IOException {
    try (Pauses pauses = new Pauses()) {
      while (true) {
        Dump stuck = LeakChecker.unexpected(look().only(this::isNew), options);
        if (stuck.rows() == 0) {
          return Optional.empty();
        }
        if (!pauses.pause(options.within())) {
          return Optional.of(stuck);
        }
      }
    }
  }

  private boolean isNew(DumpThread thread) {
    long self = Thread.currentThread().threadId();
    long id = thread.id().orElse(self);
    return id != self && !Reported.has(id) && newStay(thread).isPresent();
  }

  private Optional<Stay> newStay(DumpThread thread) {
    return stays(thread).filter(stay -> !before.contains(stay) && !TOLD.contains(stay)).findFirst();
  }

  private boolean isTaken(Dump stuck) {
    boolean[] isNew = {false};
    stuck.forEach(thread ->
        stays(thread).forEach(stay -> isNew[0] |= TOLD.size() >= MAX_TOLD || TOLD.add(stay)));
    return isNew[0];
  }

  private String cure(DumpThread thread) {
    String function =
        stays(thread)
            .filter(stay -> !before.contains(stay))
            .map(Stay::function)
            .findFirst()
            .orElseThrow();
    return "let it leave " + MarkedFunctions.named(function, marked);
  }
}
