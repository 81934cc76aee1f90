package dev.groundhog.pouch.internal.api;

import java.io.Closeable;
import java.io.InputStream;
import java.io.OutputStream;

/// A connection that is no longer HTTP: bytes both ways. The end of its input means only that the
/// client writes no more.
public interface Duplex extends Closeable {
  /// What the client writes. Reading blocks, and is ended by [#close].
  InputStream input();

  /// To the client. Writers take turns.
  OutputStream output();

  /// Runs `gone` once the client has left for good.
  void onGone(Runnable gone);
}
