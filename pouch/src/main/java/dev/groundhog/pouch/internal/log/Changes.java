package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/// Tells when a raw file in a folder has grown: inotify(7). One thread of ours for all folders,
/// which nobody interrupts.
interface Changes extends AutoCloseable {
  String THREAD_NAME = "pouch-log-changes";
  Set<String> RAW_NAMES = Set.of(LogStream.STDOUT.rawName(), LogStream.STDERR.rawName());

  /// A folder that is watched, until this is closed.
  interface Watching extends AutoCloseable {
    @Override
    void close();
  }

  /// @throws IOException if nothing can be watched
  static Changes open() throws IOException {
    return Inotify.isPossible() ? new Inotify() : new ServiceChanges();
  }

  /// Calls `changed`, which must not block for long, when a raw file in `folder` was made, has
  /// grown, or may have; what was before isn't told. A folder is watched once at a time.
  ///
  /// @throws IOException if it can't be watched
  Watching watch(Path folder, Runnable changed) throws IOException;

  @Override
  void close();
}
