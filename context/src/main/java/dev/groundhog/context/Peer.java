package dev.groundhog.context;

import java.net.InetSocketAddress;
import java.nio.channels.SelectableChannel;
import java.util.function.BooleanSupplier;

/// The client at the other end of a connection, as far as its server tells.
public sealed interface Peer {

  /// The connection's channel, where the server gives it.
  record OfChannel(SelectableChannel channel) implements Peer {}

  /// As [OfChannel], of a server that can tell when it no longer reads: so a client's leaving is
  /// noticed also where the kernel can't be asked, see [DisconnectWatcher]. The channel must then
  /// stay in non-blocking mode until the watch is closed: `configureBlocking(true)` may throw.
  ///
  /// @param isQuiet whether it is certain that the server doesn't read from the channel before the
  ///   watch is closed; it stays so once it is. Asked by the watcher's thread, and must not block
  record OfQuietChannel(SelectableChannel channel, BooleanSupplier isQuiet) implements Peer {}

  /// The connection's two addresses, as the kernel knows them: not what a proxy says of its client,
  /// or another connection's end is taken for this one's.
  record OfAddresses(InetSocketAddress local, InetSocketAddress remote) implements Peer {}

  /// One of whom only the server can say that it has gone, as of one stream of HTTP/2.
  record ToldByServer() implements Peer {}

  /// What the end of a client's input means.
  enum EndOfInput {
    /// The client has gone, as for Go's `net/http`. A client that only shuts down its output is
    /// taken for one that has left: TCP does not tell them apart.
    GONE,
    /// The client writes no more and may still read: it has gone only when the connection is reset
    /// or closed both ways, or a write fails. So it is of a connection that was upgraded. On TCP a
    /// client that closes without unread data is then noticed only on writing.
    STAYS
  }
}
