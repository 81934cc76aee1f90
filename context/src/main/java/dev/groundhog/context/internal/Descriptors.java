package dev.groundhog.context.internal;

import dev.groundhog.context.internal.DescriptorTable.Seen;
import dev.groundhog.context.internal.SocketNames.Connection;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetSocketAddress;
import java.nio.channels.Channel;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Which descriptor a connection has: as its channel tells, or by its addresses among all of this
/// process, remembered for each connection.
///
/// Whoever asks for one that is not known waits for a search that begins after asking. One search
/// serves all who have asked by then: a server under load would else search more than it serves.
///
/// A connection that is nowhere although a request of it is being served has been reset: the kernel
/// tells no addresses of such a one.
public final class Descriptors {
  private static final Optional<MethodHandle> DESCRIPTOR = descriptor();

  private final DescriptorTable table = new DescriptorTable();
  private final AtomicInteger searches = new AtomicInteger();
  private final Object gate = new Object();

  /// The search that is about to begin. Guarded by the gate.
  private @Nullable Search next;

  /// A search, and those who wait for it: from the moment when it begins nobody joins them.
  private static final class Search {
    final Set<Connection> wanted = new HashSet<>();
    final CompletableFuture<Set<InetSocketAddress>> reset = new CompletableFuture<>();
  }

  /// The descriptor of an open channel, where `sun.nio.ch` is exported to this module.
  public static OptionalInt of(Channel channel) {
    if (DESCRIPTOR.isEmpty() || !channel.isOpen()) {
      return OptionalInt.empty();
    }
    try {
      return OptionalInt.of((int) DESCRIPTOR.get().invoke(channel));
    } catch (Throwable _) {
      return OptionalInt.empty(); // a channel that is not the JDK's own
    }
  }

  /// What is known of a connection.
  public sealed interface Found {
    /// It has this descriptor.
    ///
    /// @param isCertain seen since the caller began; else it may have been closed in between
    record At(int descriptor, boolean isCertain) implements Found {}

    /// It is none of this process's connections, one of which was reset.
    record Reset() implements Found {}

    /// It is none of this process's connections.
    record Nowhere() implements Found {}
  }

  /// The present, for [#find].
  public int now() {
    return searches.get();
  }

  /// Looks for the connection between these addresses, on which a server is serving a request.
  ///
  /// @param since when the caller knew that it is there: what others have seen since is certain
  /// @param isWatched whether a descriptor is watched, and so is in use
  public Found find(
      InetSocketAddress local, InetSocketAddress remote, int since, IntPredicate isWatched) {
    Connection wanted = new Connection(local, remote);
    Seen seen = table.get(wanted);
    Set<InetSocketAddress> reset = Set.of();
    if (seen == null) {
      reset = search(wanted, isWatched);
      seen = table.get(wanted);
    }
    return seen != null
        ? new Found.At(seen.descriptor(), seen.search() > since)
        : reset.contains(local) ? new Found.Reset() : new Found.Nowhere();
  }

  /// Whether this connection has this descriptor now.
  public static boolean isConnection(
      int descriptor, InetSocketAddress local, InetSocketAddress remote) {
    try (SocketNames names = new SocketNames()) {
      return names.is(descriptor, new Connection(local, remote));
    }
  }

  /// Whether this descriptor is that of a connection with this local address that was reset.
  public static boolean isReset(int descriptor, InetSocketAddress local) {
    try (SocketNames names = new SocketNames()) {
      return local.equals(names.ofReset(descriptor));
    }
  }

  /// This connection has ended, or is about to. Never waits for those who search.
  public void forget(int descriptor, InetSocketAddress local, InetSocketAddress remote) {
    table.forget(descriptor, new Connection(local, remote));
  }

  public synchronized void forgetAll() {
    table.forgetAll();
  }

  /// @return the local addresses of connections that were reset
  private Set<InetSocketAddress> search(Connection wanted, IntPredicate isWatched) {
    Search mine = new Search();
    Search search;
    synchronized (gate) {
      search = next == null ? mine : next;
      search.wanted.add(wanted);
      next = search;
    }
    if (search == mine) {
      lead(mine, isWatched);
    }
    return search.reset.join();
  }

  private synchronized void lead(Search search, IntPredicate isWatched) {
    synchronized (gate) {
      next = null;
    }
    try {
      search.reset.complete(table.search(search.wanted, searches.incrementAndGet(), isWatched));
    } catch (Throwable e) {
      search.reset.completeExceptionally(e);
      throw e;
    }
  }

  private static Optional<MethodHandle> descriptor() {
    try {
      Class<?> type = Class.forName("sun.nio.ch.SelChImpl");
      return Optional.of(
          MethodHandles.lookup()
              .findVirtual(type, "getFDVal", MethodType.methodType(int.class))
              .asType(MethodType.methodType(int.class, Channel.class)));
    } catch (ReflectiveOperationException | RuntimeException _) {
      return Optional.empty(); // not exported to this module
    }
  }
}
