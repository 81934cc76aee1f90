package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.junit.internal.CheckSettings.Scope;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The check of one class: of what stands around its tests, and of those of its tests whose check
/// was put off.
final class ClassCheck implements AutoCloseable {
  private static final String BY_TIME =
      "started while this class ran; by which test only Groundhog's agent knows"
          + " (-javaagent:groundhog-agent.jar)";

  private final ExtensionContext context;
  private final CheckSettings settings;
  private final Class<?> testClass;
  private final Optional<MarkedCheck> marked;
  private final TestsRun.Activity before;
  private final Starter starter;

  ClassCheck(ExtensionContext context, CheckSettings settings) {
    this.context = context;
    this.settings = settings;
    this.testClass = context.getRequiredTestClass();
    this.marked = settings.scope() == Scope.RUN ? Optional.empty() : MarkedCheck.begin(testClass);
    this.before = others();
    this.starter = Starters.begin(Starter.Kind.AROUND_TESTS, name(testClass), testClass);
  }

  Starter starter() {
    return starter;
  }

  /// Without its package, but with the classes that it is in.
  static String name(Class<?> testClass) {
    String name = testClass.getName();
    return name.substring(name.lastIndexOf('.') + 1).replace('$', '.');
  }

  @Override
  public void close() {
    Starters.end(starter);
    if (context.getExecutionException().isPresent() && !settings.whenFailed()) {
      starter.fate(Starter.Fate.DONE);
      return;
    }
    starter.fate(Starter.Fate.PUT_OFF);
    if (settings.scope() == Scope.RUN) {
      return;
    }
    Optional<Meeting> agent = Meeting.find();
    if (agent.isPresent()) {
      List<Starter> ours =
          Starters.all(
              other -> other.testClass() == testClass && other.fate() == Starter.Fate.PUT_OFF);
      Suspects suspects =
          new Suspects.Tagged(agent.get(), ours.stream().map(Starter::tag).toList());
      LeakChecker.verify(
          suspects, settings.options(), left -> Names.byTag(agent.get(), ours, left), List.of());
    } else {
      LeakChecker.verify(
          new Suspects.Since(starter.begun(), this::isOurs),
          settings.options(),
          this::names,
          List.of(BY_TIME));
    }
    starter.fate(Starter.Fate.DONE);
    TestsRun.Activity atEnd = RunMemory.current().tests().all();
    marked.ifPresent(
        check -> check.verify(settings.options(), starter.name(), () -> ranAlone(atEnd)));
  }

  private TestsRun.Activity others() {
    return RunMemory.current().tests().othersThan(testClass.getName());
  }

  /// Whether no test of another class ran meanwhile, and none at all since the end.
  private boolean ranAlone(TestsRun.Activity atEnd) {
    return !starter.overlapped()
        && others().ranSince(before) == 0
        && RunMemory.current().tests().all().ranSince(atEnd) == 0;
  }

  /// Whether this class is to answer for `thread`. If several may, the last one to end does.
  private boolean isOurs(DumpThread thread) {
    List<Starter> candidates = Starters.candidates(thread);
    Set<Class<?>> classes = Starters.classes(candidates, thread);
    boolean isDone =
        candidates.stream().anyMatch(each -> each.isTest() && each.fate() == Starter.Fate.DONE);
    return !isDone
        && classes.contains(starter.topClass())
        && classes.stream()
            .allMatch(other -> other == starter.topClass() || !Starters.isRunning(other));
  }

  private String names(Dump left) {
    return Names.joined(
        Stream.concat(Stream.of(starter.name()), Names.classes(left).stream()).distinct().toList());
  }
}
