package dev.groundhog.junit.internal;

import dev.groundhog.junit.internal.CheckSettings.Scope;
import dev.groundhog.junit.internal.Starter.Fate;
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
  private final Starter starter;
  private final Tagging tagging;

  private TestCheck(ExtensionContext context, CheckSettings settings, Starter starter) {
    this.context = context;
    this.settings = settings;
    this.starter = starter;
    this.tagging = new Tagging(starter);
  }

  static TestCheck begin(ExtensionContext context, CheckSettings settings) {
    return Starters.ALL.begin(
        Starter.Kind.TEST,
        TestNode.of(context),
        starter -> new TestCheck(context, settings, starter));
  }

  @Override
  public void close() {
    try {
      tagging.close();
    } finally {
      Starters.ALL.stop(starter);
    }
    if (context.getExecutionException().isPresent() && !settings.whenFailed()) {
      Starters.ALL.settle(starter, Fate.DONE);
      return;
    }
    Optional<Meeting> agent = Meeting.find();
    if (settings.scope() != Scope.TEST || (agent.isEmpty() && starter.overlapped())) {
      Starters.ALL.settle(starter, Fate.PUT_OFF);
      return;
    }
    if (Starters.ALL.settle(starter, Fate.DONE)) {
      verify(agent);
    }
  }

  private void verify(Optional<Meeting> agent) {
    Suspects suspects =
        agent
            .<Suspects>map(found -> new Suspects.Tagged(found, List.of(starter.tag())))
            .orElseGet(() ->
                new Suspects.Since(
                    starter.begun(), () -> thread -> Starters.ALL.isOf(starter, thread)));
    List<String> notes = agent.isPresent() ? List.of() : List.of(BY_TIME);
    LeakChecker.verify(suspects, settings.options(), _ -> starter.name(), notes);
  }
}
