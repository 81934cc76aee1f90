package dev.groundhog.context;

/// One connection that is watched. To be closed before the server may close the connection or take
/// its next request.
public interface Watch extends AutoCloseable {
  /// For a connection that cannot be watched.
  Watch NONE =
      new Watch() {
        @Override
        public boolean isWatching() {
          return false;
        }

        @Override
        public void close() {}
      };

  /// Whether the client's leaving would be noticed, or has been told; no longer once this is
  /// closed.
  boolean isWatching();

  /// Ends it. What it was to call may be running still, or about to: it must not reach beyond what
  /// it is for, as [Context#call] does not. It is not called for what happens afterwards.
  @Override
  void close();
}
