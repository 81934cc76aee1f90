package dev.groundhog.junit;

import dev.groundhog.junit.internal.AgentHere;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Runs a plan in a plan, which say different things about what is done without the agent, and
/// prints what counts.
final class PlansMain {
  private static final String PROPERTY = "groundhog.leak-check.without-agent";

  private PlansMain() {}

  static class Outer {
    @Test
    void test() {
      System.out.println(AgentHere.otherwise() + " before");
      Run.of(Map.of(PROPERTY, "platform"), Inner.class);
      System.out.println(AgentHere.otherwise() + " behind");
    }
  }

  static class Inner {
    @Test
    void test() {
      System.out.println(AgentHere.otherwise() + " inside");
    }
  }

  public static void main(String[] none) {
    System.out.println(AgentHere.otherwise());
    Run.of(Map.of(PROPERTY, "jdk"), Outer.class);
    System.out.println(AgentHere.otherwise());
  }
}
