package dev.groundhog.junit.internal;

/// Whether the check has met the agent in this JVM.
public final class AgentHere {
  private AgentHere() {}

  public static boolean isMet() {
    return Meeting.find().isPresent();
  }
}
