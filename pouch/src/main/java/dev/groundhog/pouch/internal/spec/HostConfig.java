package dev.groundhog.pouch.internal.spec;

import java.util.List;

/// What a container gets of this machine.
///
/// @param binds files and folders of this machine that it sees
/// @param memoryBytes 0 for no limit
/// @param pidsLimit how many processes and threads it may have; 0 for no limit
/// @param isRootReadOnly whether only its mounts can be written to
public record HostConfig(
    List<Bind> binds, long memoryBytes, long pidsLimit, Network network, boolean isRootReadOnly) {

  /// A file or folder of this machine that a container sees as its own.
  ///
  /// @param form how it was asked for
  /// @param source on this machine, absolute
  /// @param target in the container, absolute
  /// @param mode as it was written, such as `ro,z`
  public record Bind(Form form, String source, String target, String mode, boolean isReadOnly) {}

  /// How a bind mount is asked for.
  public enum Form {
    /// `-v`: a source that is missing is made, as a folder.
    VOLUME,
    /// `--mount`: a source that is missing is an error.
    MOUNT
  }

  /// Which network a container is in, by the name that was asked for.
  public record Network(String name) {
    /// None was asked for: this machine's. There is no bridge.
    public static final Network DEFAULT = new Network("default");

    /// A loopback device of its own.
    public static final Network NONE = new Network("none");

    /// This machine's.
    public static final Network HOST = new Network("host");

    /// A container of another one can be made, but not started.
    public boolean exists() {
      return equals(DEFAULT) || equals(NONE) || equals(HOST);
    }
  }

  public HostConfig {
    binds = List.copyOf(binds);
  }
}
