package dev.groundhog.target.internal;

import java.io.Closeable;
import java.io.InputStream;

/// What a target writes its dump into and we read it from, without a file on a disk.
///
/// We hold a writing end ourselves, so that the target never waits for a reader and the end of file
/// comes when both have closed theirs. When we die the target's write fails: it is never left
/// hanging.
sealed interface Conduit extends Closeable permits AnonymousPipe, Fifo {
  /// The path by which the target opens it.
  String pathForTarget();

  InputStream source();

  /// Gives our writing end up; end of file follows once the target has closed its own.
  void closeWritingEnd();
}
