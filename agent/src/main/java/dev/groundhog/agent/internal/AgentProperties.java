package dev.groundhog.agent.internal;

import java.util.Properties;

/// What the attach mechanism tells of this JVM to those that it lets in
/// (`VirtualMachine.getAgentProperties`), as the JDK's own management agent tells its address. They
/// are no system properties: the program does not see them.
///
/// Needs `jdk.internal.vm` of `java.base` to be exported to this module.
final class AgentProperties {
  /// Where the agent listens; missing if nowhere.
  private static final String ADDRESS = "dev.groundhog.agent.address";

  /// What the last load said.
  private static final String SAID = "dev.groundhog.agent.said";

  private AgentProperties() {}

  /// Throws nothing: where they are missing, less is told.
  static void tell(String address, String said) {
    try {
      Object found =
          Class.forName("jdk.internal.vm.VMSupport").getMethod("getAgentProperties").invoke(null);
      if (found instanceof Properties properties) {
        if (address.isEmpty()) {
          properties.remove(ADDRESS);
        } else {
          properties.setProperty(ADDRESS, address);
        }
        properties.setProperty(SAID, said);
      }
    } catch (ReflectiveOperationException | RuntimeException | LinkageError _) {
      // they are a convenience
    }
  }
}
