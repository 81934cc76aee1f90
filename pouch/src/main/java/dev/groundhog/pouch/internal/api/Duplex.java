package dev.groundhog.pouch.internal.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// A connection in both directions that was taken from HTTP, whichever server had it.
interface Duplex {
  /// What the client sends. Its end is the client's last word, and does not mean that it has left.
  InputStream in();

  /// What the client gets: sent when it is written, and written when the client has room for it.
  /// For any number of threads.
  OutputStream out();

  /// Tells the client that this was all.
  void shutdownOutput() throws IOException;
}
