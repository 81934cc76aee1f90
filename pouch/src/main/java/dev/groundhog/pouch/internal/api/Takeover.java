package dev.groundhog.pouch.internal.api;

import java.io.IOException;

/// What becomes of a connection that is no longer HTTP.
interface Takeover extends AutoCloseable {
  /// Serves the client on a thread of its own, which is interrupted when the client has left. The
  /// connection is closed behind it.
  void run(Duplex connection) throws IOException, InterruptedException;

  /// Called once in any case, also where the connection never came to be taken.
  @Override
  void close();
}
