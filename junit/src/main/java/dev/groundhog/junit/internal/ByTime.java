package dev.groundhog.junit.internal;

/// Why a report goes by when threads were made.
final class ByTime {
  private ByTime() {}

  /// @param what ran meanwhile, `this test`
  /// @param unknown what cannot be told, `by whom`
  static String note(String what, String unknown) {
    return "started while " + what + " ran; " + unknown + " " + why();
  }

  private static String why() {
    if (Meeting.find().isPresent()) {
      return Meeting.find()
          .flatMap(Meeting::lossReason)
          .map(reason -> "is not known: " + lost(reason))
          .orElse("nobody knows: Groundhog's agent came later");
    }
    return WithoutAgent.chosen() == WithoutAgent.LOAD
        ? "only Groundhog's agent knows (-javaagent:groundhog-agent.jar)"
        : "nobody knows without Groundhog's agent ("
            + WithoutAgent.PROPERTY
            + " says that it is not loaded)";
  }

  /// @param reason the agent's
  static String lost(String reason) {
    return "Groundhog's agent has not known all the time who starts threads (" + reason + ")";
  }
}
