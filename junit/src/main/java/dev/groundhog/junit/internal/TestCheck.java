package dev.groundhog.junit.internal;

import dev.groundhog.junit.internal.CheckSettings.Scope;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The check of one test: begins before its instance is made, and is closed by JUnit behind all
/// that belongs to the test.
final class TestCheck implements AutoCloseable {
  private static final String BY_TIME =
      "started while this test ran; by whom only Groundhog's agent knows"
          + " (-javaagent:groundhog-agent.jar): without it only the class is sure";

  private final ExtensionContext context;
  private final CheckSettings settings;
  private final Optional<MarkedCheck> marked;
  private final TestsRun.Activity before = RunMemory.current().tests().all();
  private final Starter starter;
  private final Tagging tagging;

  TestCheck(ExtensionContext context, CheckSettings settings) {
    this.context = context;
    this.settings = settings;
    this.marked =
        settings.scope() == Scope.TEST
            ? MarkedCheck.begin(context.getRequiredTestClass())
            : Optional.empty();
    this.starter = Starters.begin(Starter.Kind.TEST, name(context), context.getRequiredTestClass());
    this.tagging = new Tagging(starter);
  }

  /// `QueueTest.take()`, and which invocation it is, if there are several.
  private static String name(ExtensionContext context) {
    String method = context.getRequiredTestMethod().getName();
    String name = ClassCheck.name(context.getRequiredTestClass()) + "." + method + "()";
    boolean isPlain = context.getDisplayName().startsWith(method + "(");
    return isPlain ? name : name + " " + context.getDisplayName();
  }

  @Override
  public void close() {
    tagging.close();
    Starters.end(starter);
    if (context.getExecutionException().isPresent() && !settings.whenFailed()) {
      starter.fate(Starter.Fate.DONE);
      MarkedCheck.excuse(context.getRequiredTestClass());
      return;
    }
    Optional<Meeting> agent = Meeting.find();
    if (settings.scope() != Scope.TEST || (agent.isEmpty() && starter.overlapped())) {
      starter.fate(Starter.Fate.PUT_OFF);
      return;
    }
    starter.fate(Starter.Fate.DONE);
    Suspects suspects =
        agent
            .<Suspects>map(found -> new Suspects.Tagged(found, List.of(starter.tag())))
            .orElseGet(() -> Suspects.since(starter.begun()));
    List<String> notes = agent.isPresent() ? List.of() : List.of(BY_TIME);
    LeakChecker.verify(suspects, settings.options(), _ -> starter.name(), notes);
    marked.ifPresent(check -> check.verify(settings.options(), starter.name(), this::ranAlone));
  }

  /// Whether no other test ran meanwhile; else what is on all threads is looked at with the class.
  private boolean ranAlone() {
    return !starter.overlapped() && RunMemory.current().tests().all().ranSince(before) == 1;
  }
}
