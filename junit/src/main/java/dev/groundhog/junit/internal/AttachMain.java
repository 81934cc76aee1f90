package dev.groundhog.junit.internal;

import com.sun.tools.attach.VirtualMachine;

/// What the child of [AgentLoader] runs: it needs nothing but the JDK.
final class AttachMain {
  /// Before the reason why it failed.
  static final String REASON = "refused: ";

  private AttachMain() {}

  /// @param args whom to attach to, and the agent's jar
  public static void main(String[] args) {
    try {
      VirtualMachine tests = VirtualMachine.attach(args[0]);
      try {
        tests.loadAgent(args[1], "births=all");
      } finally {
        tests.detach();
      }
    } catch (NoClassDefFoundError _) {
      fail("this Java has no module jdk.attach");
    } catch (Exception | LinkageError e) {
      fail(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  private static void fail(String reason) {
    System.out.println(REASON + reason.lines().findFirst().orElse(""));
    System.exit(1);
  }
}
