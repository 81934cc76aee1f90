package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.junit.internal.CheckSettings.Scope;
import dev.groundhog.junit.internal.Starter.Fate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/// The check of one test: begins before its instance is made, and is closed by JUnit behind all
/// that belongs to the test.
final class TestCheck implements AutoCloseable {
  private static final int MAX_PARTS = 1_000;

  private final ExtensionContext context;
  private final CheckSettings settings;
  private final Optional<MarkedCheck> marked;
  private final TestsRun.Activity before;
  private final Starter starter;
  private final Tagging tagging;

  /// How many dynamic tests have begun: the launcher tells of them, and not of their factory.
  private final AtomicInteger begunParts = new AtomicInteger();

  /// The dynamic tests that may have left threads.
  private final List<Starter> parts = Collections.synchronizedList(new ArrayList<>());

  private TestCheck(ExtensionContext context, CheckSettings settings, Starter starter) {
    this.context = context;
    this.settings = settings;
    this.marked =
        settings.scope() == Scope.TEST
            ? MarkedCheck.begin(context.getRequiredTestClass())
            : Optional.empty();
    this.starter = starter;
    this.before = beside();
    this.tagging = Tagging.of(starter);
  }

  static TestCheck begin(ExtensionContext context, CheckSettings settings) {
    return Starters.ALL.begin(
        Starter.Kind.TEST,
        TestNode.of(context),
        starter -> new TestCheck(context, settings, starter));
  }

  /// Begins one dynamic test of this factory, on the current thread and until it is closed. It is
  /// checked with the factory, behind whose `@AfterEach` nothing may be left, and is named. Where
  /// too many have left threads, it is the factory's own.
  Part part(String name) {
    begunParts.incrementAndGet();
    Starter part =
        parts.size() < MAX_PARTS ? Starters.part(starter, starter.name() + " " + name) : starter;
    return new Part(part, Tagging.of(part));
  }

  /// One dynamic test.
  final class Part implements AutoCloseable {
    private final Starter part;
    private final Tagging itsTagging;

    private Part(Starter part, Tagging itsTagging) {
      this.part = part;
      this.itsTagging = itsTagging;
    }

    @Override
    public void close() {
      itsTagging.close();
      if (part == starter) {
        return;
      }
      Starters.ALL.stop(part);
      if (Starters.ALL.mayHaveLeft(part)) {
        parts.add(part);
      }
    }
  }

  /// Who runs a part of this test on the current thread, be it another one.
  Optional<Tagging> following() {
    return Tagging.following(starter);
  }

  @Override
  public void close() {
    tagging.close();
    Starters.ALL.stop(starter);
    if (context.getExecutionException().isPresent() && !settings.whenFailed()) {
      settle(Fate.EXCUSED);
      MarkedCheck.excuse(context.getRequiredTestClass());
      return;
    }
    RunMemory.current().ignores().asked(settings.options().ignored());
    if (settings.scope() != Scope.TEST || !isTold()) {
      settle(Fate.PUT_OFF);
      return;
    }
    boolean alone = ranAlone();
    if (settle(Fate.DONE)) {
      verify(alone);
    }
    marked.ifPresent(check -> check.verify(settings, starter.name(), this::ranAlone));
  }

  private TestsRun.Activity beside() {
    return RunMemory.current().tests().beside(starter.node().id());
  }

  /// Whether no other test ran meanwhile, nor a class that this is not in; else what is on all
  /// threads is looked at with the class.
  private boolean ranAlone() {
    return !starter.overlapped() && beside().ranSince(before) == told();
  }

  /// As how many tests the launcher tells of this one.
  private long told() {
    return isFactory() ? begunParts.get() : 1;
  }

  private boolean isFactory() {
    return AnnotationSupport.isAnnotated(context.getTestMethod(), TestFactory.class);
  }

  /// @return whether there may be threads of the test or its parts, or some that a worker of the
  ///   common pool has started meanwhile
  private boolean settle(Fate fate) {
    parts.removeIf(part -> !Starters.ALL.settle(part, fate));
    return Starters.ALL.settle(starter, fate) || !parts.isEmpty();
  }

  /// Whether its threads can be told from those of others now, and need not wait for the class.
  private boolean isTold() {
    return starter.agent().isPresent() || !starter.overlapped();
  }

  private void verify(boolean alone) {
    Optional<Meeting> agent = starter.agent();
    if (agent.isPresent()) {
      try {
        verifyByTag(agent.get(), alone);
        return;
      } catch (Meeting.Lost _) {
        // By time, as without the agent.
      }
    }
    if (isTold()) {
      verifyByTime();
    } else {
      settle(Fate.PUT_OFF);
    }
  }

  private void verifyByTag(Meeting agent, boolean alone) {
    List<Integer> tags =
        Stream.concat(Stream.of(starter), parts.stream()).map(Starter::tag).toList();
    LeakChecker.verify(
        new Suspects.Tagged(
            agent, tags, alone ? Optional.of(starter::mayHaveMade) : Optional.empty()),
        settings.options(),
        new Reporting(settings.asker(), Reporting.Subject.TEST, this::owners, List.of()));
  }

  private Owners owners() {
    Names.Carried carried = new Names.Carried(List.copyOf(parts));
    return threads -> names(carried.in(threads));
  }

  private void verifyByTime() {
    LeakChecker.verify(
        new Suspects.Since(starter.begun(), () -> thread -> Starters.ALL.isOf(starter, thread)),
        settings.options(),
        new Reporting(
            settings.asker(),
            Reporting.Subject.TEST,
            () -> this::namesByTime,
            List.of(ByTime.note("this test", "by whom") + "; only the class is sure")));
  }

  /// Those dynamic tests that left threads, or else the test itself.
  private String names(List<String> found) {
    return found.isEmpty() ? starter.name() : Names.joined(found);
  }

  private String namesByTime(Dump left) {
    return names(
        parts.stream()
            .filter(part -> mayHaveStarted(part, left))
            .map(Starter::name)
            .distinct()
            .toList());
  }

  private static boolean mayHaveStarted(Starter part, Dump left) {
    boolean[] any = {false};
    left.forEach(thread -> any[0] |= part.mayHaveStarted(thread));
    return any[0];
  }
}
