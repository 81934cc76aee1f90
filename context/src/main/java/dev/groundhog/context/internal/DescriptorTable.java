package dev.groundhog.context.internal;

import dev.groundhog.context.internal.SocketNames.Connection;
import java.io.File;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// The TCP connections of this process by their addresses, as they were when last looked at. Any
/// thread may ask and forget; one at a time may look.
///
/// A descriptor is remembered for one connection, so there are never more of them than there were
/// descriptors at a time. Since the kernel gives a new connection the lowest number that is free, a
/// search looks in this order:
///
/// 1. at the descriptors of which nothing is known, and those just above the highest known;
/// 2. at those that are not watched, and so may have been closed and be in use again;
/// 3. at all that are open.
final class DescriptorTable {
  /// So many connections may be new at a time before all open descriptors are listed.
  private static final int NEW = 64;

  private final Map<Connection, Seen> seen = new ConcurrentHashMap<>();
  private final Queue<Integer> forgotten = new ConcurrentLinkedQueue<>();

  // Of whoever looks: what is known, and the connections among that.
  private final BitSet known = new BitSet();
  private final Map<Integer, Seen> connections = new HashMap<>();

  /// Where a connection was seen.
  ///
  /// @param cookie the kernel's number of its socket, 0 if it gives none
  record Seen(Connection connection, int descriptor, long cookie) {
    /// Whether the descriptor is this connection's now, and it is not reset: once it is, another
    /// may have its addresses.
    boolean isStill(SocketNames names) {
      return cookie != 0
          ? names.isConnected(descriptor) && names.cookie(descriptor) == cookie
          : connection.equals(names.of(descriptor));
    }
  }

  @Nullable Seen get(Connection connection) {
    return seen.get(connection);
  }

  void forget(Seen ended) {
    if (seen.remove(ended.connection, ended)) {
      forgotten.add(ended.descriptor);
    }
  }

  void forgetAll() {
    known.clear();
    connections.clear();
    seen.clear();
    forgotten.clear();
  }

  /// Looks until all that are wanted were seen, at the longest at all descriptors.
  ///
  /// @return the local addresses of connections that were reset, if all descriptors were looked at
  Set<InetSocketAddress> search(Collection<Connection> wanted, IntPredicate isWatched) {
    for (Integer gone = forgotten.poll(); gone != null; gone = forgotten.poll()) {
      known.clear(gone);
    }
    try (SocketNames names = new SocketNames()) {
      Set<InetSocketAddress> reset = new HashSet<>();
      int highest = known.length() + NEW;
      look(names, highest, reset, descriptor -> !known.get(descriptor));
      if (!seen.keySet().containsAll(wanted)) {
        look(names, highest, reset, descriptor -> !isWatched.test(descriptor));
      }
      if (!seen.keySet().containsAll(wanted)) {
        look(names, Math.max(highest, highestOpen()), reset, _ -> true);
      }
      return reset;
    }
  }

  private void look(
      SocketNames names, int highest, Set<InetSocketAddress> reset, IntPredicate which) {
    int knownBefore = known.length();
    for (int descriptor = 0; descriptor <= highest; descriptor++) {
      if (which.test(descriptor)) {
        boolean isConnection = look(names, descriptor, reset);
        known.set(descriptor, isConnection || descriptor < knownBefore);
      }
    }
  }

  /// @return whether it is a connection
  private boolean look(SocketNames names, int descriptor, Set<InetSocketAddress> reset) {
    Seen before = connections.get(descriptor);
    if (before != null && before.isStill(names)) {
      seen.put(before.connection, before);
      return true;
    }
    if (before != null) {
      connections.remove(descriptor);
      seen.remove(before.connection, before);
    }
    long cookie = names.cookie(descriptor);
    Connection connection = names.of(descriptor);
    if (names.cookie(descriptor) != cookie) {
      return false; // closed and in use again meanwhile, by one that nobody looks for yet
    }
    if (connection != null) {
      Seen now = new Seen(connection, descriptor, cookie);
      connections.put(descriptor, now);
      seen.put(connection, now);
      return true;
    }
    InetSocketAddress resetAt = names.ofReset(descriptor);
    if (resetAt != null) {
      reset.add(resetAt);
    }
    return false;
  }

  private static int highestOpen() {
    String[] names = new File("/proc/self/fd").list();
    int highest = 0;
    for (String name : names == null ? new String[0] : names) {
      highest = Math.max(highest, Integer.parseInt(name));
    }
    return highest;
  }
}
