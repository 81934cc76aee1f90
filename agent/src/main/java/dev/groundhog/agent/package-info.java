/// The agent. `Bootstrap`, which lies apart since it is compiled for Java 8, is what the JVM calls;
/// it loads everything else unseen by the application and calls [dev.groundhog.agent.Agent].
package dev.groundhog.agent;
