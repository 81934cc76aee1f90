package dev.groundhog.agent.internal;

import java.util.Properties;

/// What the attach mechanism tells of this JVM to those that it lets in
/// (`VirtualMachine.getAgentProperties`), as the JDK's own management agent tells its address. They
/// are no system properties: the program does not see them.
///
/// Needs `jdk.internal.vm` of `java.base` to be exported to this module. Nothing is thrown: where
/// they are missing, less is told.
final class AgentProperties {
  /// Where the agent listens; missing if nowhere.
  private static final String ADDRESS = "dev.groundhog.agent.address";

  /// What the last load said if it did what it was asked.
  private static final String SAID = "dev.groundhog.agent.said";

  /// What the last load said if it did not.
  private static final String FAILED = "dev.groundhog.agent.failed";

  private AgentProperties() {}

  static void said(String address, String line) {
    tell(address, SAID, FAILED, line);
  }

  static void failed(String address, String line) {
    tell(address, FAILED, SAID, line);
  }

  private static void tell(String address, String key, String other, String line) {
    try {
      Object found =
          Class.forName("jdk.internal.vm.VMSupport").getMethod("getAgentProperties").invoke(null);
      if (found instanceof Properties properties) {
        if (address.isEmpty()) {
          properties.remove(ADDRESS);
        } else {
          properties.setProperty(ADDRESS, address);
        }
        properties.remove(other);
        properties.setProperty(key, line);
      }
    } catch (ReflectiveOperationException | RuntimeException | LinkageError _) {
      // they are a convenience
    }
  }
}
