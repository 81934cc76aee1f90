package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.junit.internal.CheckSettings.Scope;
import dev.groundhog.junit.internal.Starter.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The check of one class: of what stands around its tests, and of those of its tests whose check
/// was put off. JUnit works on a class from its begin to its end on one thread, so that this
/// carries the class's tag for as long, also between what it calls: whatever another extension
/// starts there is the class's.
final class ClassCheck implements AutoCloseable {
  private final ExtensionContext context;
  private final CheckSettings settings;
  private final Optional<MarkedCheck> marked;
  private final TestsRun.Activity before;
  private final Starter starter;
  private final Tagging tagging;

  private ClassCheck(ExtensionContext context, CheckSettings settings, Starter starter) {
    this.context = context;
    this.settings = settings;
    this.starter = starter;
    this.marked =
        settings.scope() == Scope.RUN ? Optional.empty() : MarkedCheck.begin(starter.testClass());
    this.before = others(starter);
    this.tagging = Tagging.of(starter);
  }

  static ClassCheck begin(ExtensionContext context, CheckSettings settings) {
    return Starters.ALL.begin(
        Starter.Kind.AROUND_TESTS,
        TestNode.of(context),
        starter -> new ClassCheck(context, settings, starter));
  }

  /// Who runs code around the tests on the current thread, be it another one.
  Optional<Tagging> following() {
    return Tagging.following(starter);
  }

  @Override
  public void close() {
    tagging.close();
    Starters.ALL.stop(starter);
    if (context.getExecutionException().isPresent() && !settings.whenFailed()) {
      Starters.ALL.settle(starter, Fate.EXCUSED);
      return;
    }
    Starters.ALL.settle(starter, Fate.PUT_OFF);
    if (settings.scope() == Scope.RUN) {
      return;
    }
    TestsRun.Activity atEnd = beside();
    List<Starter> ours =
        Starters.ALL.ended(other -> other.fate() == Fate.PUT_OFF && starter.answersFor(other));
    try {
      verify(ours, ranAlone(atEnd));
    } finally {
      ours.forEach(each -> Starters.ALL.settle(each, Fate.DONE));
    }
    marked.ifPresent(check -> check.verify(settings, starter.name(), () -> ranAlone(atEnd)));
  }

  private static TestsRun.Activity others(Starter starter) {
    return RunMemory.current()
        .tests()
        .othersThan(starter.node().id(), starter.testClass().getName());
  }

  private TestsRun.Activity beside() {
    return RunMemory.current().tests().beside(starter.node().id());
  }

  /// Whether neither another class nor a test of one ran meanwhile, and no test at all since the
  /// end.
  private boolean ranAlone(TestsRun.Activity atEnd) {
    return !starter.overlapped()
        && others(starter).ranSince(before) == 0
        && beside().ranSince(atEnd) == 0;
  }

  private void verify(List<Starter> ours, boolean alone) {
    Optional<Meeting> agent = starter.agent();
    if (agent.isPresent()) {
      try {
        verifyByTag(agent.get(), ours, alone);
        return;
      } catch (Meeting.Lost _) {
        // By time, as without the agent.
      }
    }
    verifyByTime();
  }

  private void verifyByTag(Meeting agent, List<Starter> ours, boolean alone) {
    LeakChecker.verify(
        new Suspects.Tagged(
            agent,
            ours.stream().map(Starter::tag).toList(),
            alone ? Optional.of(shared()) : Optional.empty()),
        settings.options(),
        new Reporting(
            settings.asker(),
            Reporting.Subject.OTHER,
            () -> owners(ours),
            Starters.ALL.note().stream().toList()));
  }

  /// What a worker of the common pool has started counts for the class, but not where a test ran
  /// that was checked itself or need not be.
  private LongPredicate shared() {
    List<Starter> done = Starters.ALL.ended(other -> other.fate().isSettled());
    return id -> starter.mayHaveMade(id) && done.stream().noneMatch(other -> other.mayHaveMade(id));
  }

  private Owners owners(List<Starter> ours) {
    Names.Carried carried = new Names.Carried(ours);
    return threads -> {
      List<String> found = carried.in(threads);
      return found.isEmpty() ? starter.name() : Names.joined(found);
    };
  }

  private void verifyByTime() {
    List<String> notes = new ArrayList<>(List.of(ByTime.note("this class", "by which test")));
    Starters.ALL.note().ifPresent(notes::add);
    LeakChecker.verify(
        new Suspects.Since(starter.begun(), () -> this::isOurs),
        settings.options(),
        new Reporting(settings.asker(), Reporting.Subject.OTHER, () -> this::names, notes));
  }

  /// Whether this class is to answer for `thread`. If several may, the last one to end does.
  private boolean isOurs(DumpThread thread) {
    List<Starter> all = Starters.ALL.answerable(thread);
    return all.stream().anyMatch(starter::answersFor)
        && all.stream().allMatch(other -> starter.answersFor(other) || !Starters.ALL.isOpen(other));
  }

  private String names(Dump left) {
    return Names.joined(
        Stream.concat(Stream.of(starter.name()), Names.classes(left).stream()).distinct().toList());
  }
}
