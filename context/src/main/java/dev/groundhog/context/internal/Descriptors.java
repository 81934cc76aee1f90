package dev.groundhog.context.internal;

import dev.groundhog.context.internal.DescriptorTable.Seen;
import dev.groundhog.context.internal.SocketNames.Connection;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetSocketAddress;
import java.nio.channels.Channel;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
  private final Object gate = new Object();

  /// The search that is about to begin. Guarded by the gate.
  private @Nullable Search next;

  /// A search, and those who wait for it: from the moment when it begins nobody joins them.
  private static final class Search {
    final Set<Connection> wanted = new HashSet<>();
    final CompletableFuture<Result> result = new CompletableFuture<>();
  }

  /// @param found those that were wanted, as far as they were seen
  /// @param reset the local addresses of connections that were reset
  private record Result(Map<Connection, Seen> found, Set<InetSocketAddress> reset) {}

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
    /// It has this descriptor, or had it when it was last looked at.
    final class At implements Found {
      private final Seen seen;

      private At(Seen seen) {
        this.seen = seen;
      }

      public int descriptor() {
        return seen.descriptor();
      }

      /// Whether it still has it.
      public boolean isStill() {
        try (SocketNames names = new SocketNames()) {
          return seen.isStill(names);
        }
      }
    }

    /// It is none of this process's connections, one of which was reset.
    record Reset() implements Found {}

    /// It is none of this process's connections.
    record Nowhere() implements Found {}
  }

  /// Looks for the connection between these addresses, on which a server is serving a request.
  ///
  /// @param isWatched whether a descriptor is watched, and so is in use
  public Found find(InetSocketAddress local, InetSocketAddress remote, IntPredicate isWatched) {
    Connection wanted = new Connection(local, remote);
    Seen known = table.get(wanted);
    if (known != null) {
      return new Found.At(known);
    }
    Result result = search(wanted, isWatched);
    Seen seen = result.found.get(wanted);
    return seen != null
        ? new Found.At(seen)
        : result.reset.contains(local) ? new Found.Reset() : new Found.Nowhere();
  }

  /// The connection has ended, is about to, or has another descriptor. Never waits for those who
  /// search.
  public void forget(Found.At connection) {
    table.forget(connection.seen);
  }

  public synchronized void forgetAll() {
    table.forgetAll();
    Scratch.releaseAll();
  }

  private Result search(Connection wanted, IntPredicate isWatched) {
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
    return search.result.join();
  }

  private synchronized void lead(Search search, IntPredicate isWatched) {
    synchronized (gate) {
      next = null;
    }
    try {
      Set<InetSocketAddress> reset = table.search(search.wanted, isWatched);
      Map<Connection, Seen> found = new HashMap<>();
      for (Connection wanted : search.wanted) {
        Seen seen = table.get(wanted);
        if (seen != null) {
          found.put(wanted, seen);
        }
      }
      search.result.complete(new Result(found, reset));
    } catch (Throwable e) {
      search.result.completeExceptionally(e);
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
