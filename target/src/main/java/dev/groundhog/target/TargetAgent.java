package dev.groundhog.target;

import dev.groundhog.target.internal.AgentLoading;
import java.nio.file.Path;
import java.util.Optional;

/// Groundhog's agent in a JVM of this machine. Safe to share; each call attaches anew and takes at
/// most 15 seconds for each question.
///
/// Limits: Linux and HotSpot only, as [Target] by a PID; the agent needs Java 25 in the target. The
/// JVM itself prints some lines about a dynamic attach on its standard error.
///
/// @param pid the JVM
public record TargetAgent(long pid) {
  /// Where it listens, `127.0.0.1:6060` or `unix:/run/debug.sock`; empty if it does not, or if no
  /// agent is there.
  ///
  /// @throws TargetException if the JVM lets nobody attach
  public Optional<String> address() throws TargetException {
    return AgentLoading.address(pid);
  }

  /// Loads the agent, or changes the options of the one that is there.
  ///
  /// @param jar `groundhog-agent.jar`; a target that cannot open it gets a copy for the time of
  ///   loading
  /// @param options as behind `-javaagent:….jar=`; paths in it are the target's
  /// @return what the agent said, one line
  /// @throws TargetException if the JVM is too old, lets nobody attach, or did not start the agent
  public String load(Path jar, String options) throws TargetException {
    return AgentLoading.load(pid, jar.toAbsolutePath(), options);
  }
}
