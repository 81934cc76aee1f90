package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.run.Parents;
import java.io.IOException;
import java.nio.file.Path;

/// A process whose end its parent will tell: a container's first, or one that `exec` starts in it.
interface Awaited {
  /// Under which its exit code appears.
  String id();

  /// Where its parent keeps its streams.
  Path folder();

  /// On this machine; 0 if it is not known.
  long pid();

  /// Tells that process from a later one with its pid; empty if it is not known.
  String processStart();

  /// It has ended. If this fails it comes again.
  ///
  /// @param error what is not known of its end; empty if all is
  void ended(Parents.End end, String error) throws IOException, InterruptedException;
}
