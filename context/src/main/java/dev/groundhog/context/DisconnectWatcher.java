package dev.groundhog.context;

import dev.groundhog.context.internal.Descriptors;
import dev.groundhog.context.internal.Epoll;
import dev.groundhog.context.internal.EpollWatches;
import dev.groundhog.context.internal.SelectorWatches;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// Sees a client leave while its server's handler is busy, without reading from the connection and
/// without the server's help.
///
/// On Linux it asks the kernel, through `epoll` and foreign functions, for as long as this module
/// may call them (`--enable-native-access=dev.groundhog.context`, or `ALL-UNNAMED` on the class
/// path); the connection is found by its descriptor where `sun.nio.ch` is exported to this module
/// (`--add-exports java.base/sun.nio.ch=dev.groundhog.context`), else, for TCP, by its two
/// addresses among the process's descriptors, once for each connection.
///
/// Elsewhere a second selector is used, for TCP channels of servers that don't block on them and
/// that tell when they no longer read ([Peer.OfQuietChannel]; Jetty without TLS does). A selector
/// doesn't tell bytes from the end, so only a channel from which nobody reads can be judged: a
/// client's leaving is not noticed before the request's body has been read to its end, nor while
/// anything behind it waits unread. A channel that is watched so has a key, and can't be put into
/// blocking mode meanwhile. No server with an adapter does that: the JDK's own, which changes modes
/// between requests, is not watched so, and Jetty's connections never block.
///
/// What is seen: FIN, RST, a closed TLS connection; of a unix socket that both directions are
/// closed. What nobody sees: a client without power or cable (unless the server keeps alive), one
/// behind a proxy that keeps its connection, and the end of one stream of HTTP/2, which the server
/// tells.
///
/// One daemon thread, `groundhog-disconnects`, which ends when nothing was watched for a while.
public final class DisconnectWatcher {
  /// How often a connection is looked for that changes meanwhile.
  private static final int ATTEMPTS = 3;

  private static final DisconnectWatcher SHARED = new DisconnectWatcher();

  private static final System.Logger LOG = System.getLogger(DisconnectWatcher.class.getName());

  private final Descriptors descriptors = new Descriptors();
  private final Optional<EpollWatches> epoll;
  private final String missing;
  private final SelectorWatches selector = new SelectorWatches();
  private final AtomicBoolean said = new AtomicBoolean();
  private final AtomicBoolean saidOfUnix = new AtomicBoolean();

  private DisconnectWatcher() {
    Optional<EpollWatches> watches = Optional.empty();
    String why = "";
    try {
      watches = Optional.of(new EpollWatches(Epoll.open(), descriptors::forgetAll));
    } catch (IOException e) {
      why = String.valueOf(e.getMessage());
    }
    this.epoll = watches;
    this.missing = why;
  }

  /// The one of this JVM, or of the loader of this class.
  public static DisconnectWatcher shared() {
    return SHARED;
  }

  /// Why disconnects of some servers are not seen here, and what to do; empty if they are.
  public String missing() {
    return epoll.isPresent()
        ? ""
        : "where a server blocks on its connections, as the JDK's does, or may still read from them,"
            + " a client's leaving is seen only on writing: "
            + missing;
  }

  /// Says [#missing] in the log, once.
  void sayWhatIsMissing() {
    if (!missing().isEmpty()) {
      say(said, missing());
    }
  }

  private static void say(AtomicBoolean said, String text) {
    if (said.compareAndSet(false, true)) {
      LOG.log(System.Logger.Level.WARNING, text);
    }
  }

  /// Calls `gone` on the watcher's thread when `peer` leaves, at most once; on the calling thread,
  /// before this returns, where it is seen at once that it has left already. `gone` must not block.
  /// Of several watches of a connection all are told.
  ///
  /// @return not watching where the connection cannot be watched
  public Watch watch(Peer peer, Peer.EndOfInput endOfInput, Runnable gone) {
    return switch (peer) {
      case Peer.ToldByServer() -> Watch.NONE;
      case Peer.OfAddresses(InetSocketAddress local, InetSocketAddress remote) ->
          epoll
              .map(watches -> byAddresses(watches, local, remote, endOfInput, gone))
              .orElse(Watch.NONE);
      case Peer.OfChannel(var channel) -> byChannel(channel, endOfInput, gone, () -> Watch.NONE);
      case Peer.OfQuietChannel(var channel, var isQuiet) ->
          byChannel(channel, endOfInput, gone, () -> selector.watch(channel, isQuiet, gone));
    };
  }

  /// @param other the way to see the end of the input of a TCP channel where there is no better one
  private Watch byChannel(
      SelectableChannel channel, Peer.EndOfInput endOfInput, Runnable gone, Supplier<Watch> other) {
    boolean isUnix = isUnix(channel);
    boolean inputOnly = endOfInput == Peer.EndOfInput.GONE && !isUnix;
    OptionalInt descriptor = Descriptors.of(channel);
    if (epoll.isPresent() && descriptor.isPresent()) {
      return epoll.get().watch(descriptor.getAsInt(), inputOnly, gone, channel::isOpen);
    }
    if (isUnix) {
      say(
          saidOfUnix,
          "connections of unix sockets are not watched, a client's leaving is seen only on"
              + " writing: start java with --add-exports java.base/sun.nio.ch=…, see"
              + " DisconnectWatcher");
    }
    Optional<Peer> addresses = addresses(channel);
    return epoll.isPresent() && addresses.isPresent()
        ? watch(addresses.get(), endOfInput, gone)
        : inputOnly ? other.get() : Watch.NONE;
  }

  private Watch byAddresses(
      EpollWatches watches,
      InetSocketAddress local,
      InetSocketAddress remote,
      Peer.EndOfInput endOfInput,
      Runnable gone) {
    // What is remembered may have been closed and used again, and what was found may have been
    // reset since.
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      switch (descriptors.find(local, remote, watches::isWatched)) {
        case Descriptors.Found.At connection -> {
          Runnable told =
              () -> {
                descriptors.forget(connection);
                gone.run();
              };
          Watch watch =
              watches.watch(
                  connection.descriptor(),
                  endOfInput == Peer.EndOfInput.GONE,
                  told,
                  connection::isStill);
          if (watch.isWatching() || connection.isStill()) {
            return watch; // else what is missing is not the connection
          }
          descriptors.forget(connection);
        }
        case Descriptors.Found.Reset() -> {
          gone.run();
          return new Told();
        }
        case Descriptors.Found.Nowhere() -> {
          return Watch.NONE;
        }
      }
    }
    return Watch.NONE;
  }

  /// Of a peer that had left before.
  private static final class Told implements Watch {
    private volatile boolean isClosed;

    @Override
    public boolean isWatching() {
      return !isClosed;
    }

    @Override
    public void close() {
      isClosed = true;
    }
  }

  private static Optional<Peer> addresses(java.nio.channels.Channel channel) {
    try {
      return channel instanceof SocketChannel socket
              && socket.getLocalAddress() instanceof InetSocketAddress local
              && socket.getRemoteAddress() instanceof InetSocketAddress remote
          ? Optional.of(new Peer.OfAddresses(local, remote))
          : Optional.empty();
    } catch (IOException _) {
      return Optional.empty(); // closed
    }
  }

  private static boolean isUnix(java.nio.channels.Channel channel) {
    try {
      SocketAddress local =
          channel instanceof NetworkChannel socket ? socket.getLocalAddress() : null;
      return local instanceof UnixDomainSocketAddress;
    } catch (IOException _) {
      return false;
    }
  }
}
