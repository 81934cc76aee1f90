package dev.groundhog.junit.internal;

import com.sun.tools.attach.VirtualMachine;

/// What the child of [AgentLoader] runs: it needs nothing but the JDK.
final class AttachMain {
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
    } catch (Exception | LinkageError e) {
      System.out.println(e.getMessage() == null ? e.toString() : e.getMessage());
      System.exit(1);
    }
  }
}
