package dev.groundhog.pouch.internal.engine;

import java.util.List;

/// What a container gets of this machine.
///
/// @param binds files and folders of this machine that it sees
/// @param memoryBytes 0 for no limit
/// @param pidsLimit how many processes and threads it may have; 0 for no limit
public record HostConfig(List<Bind> binds, long memoryBytes, long pidsLimit, Network network) {

  /// A file or folder of this machine that a container sees as its own.
  ///
  /// @param source on this machine, absolute
  /// @param target in the container, absolute
  public record Bind(String source, String target, boolean isReadOnly) {}

  /// Which network a container is in.
  public enum Network {
    /// A loopback device of its own.
    NONE,
    /// This machine's.
    HOST
  }

  public HostConfig {
    binds = List.copyOf(binds);
  }
}
