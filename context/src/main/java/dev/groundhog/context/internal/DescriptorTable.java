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
  private final Map<Integer, Connection> connections = new HashMap<>();

  /// Where a connection was seen.
  ///
  /// @param search in which search
  record Seen(int descriptor, int search) {}

  @Nullable Seen get(Connection connection) {
    return seen.get(connection);
  }

  void forget(int descriptor, Connection connection) {
    Seen last = seen.get(connection);
    if (last != null && last.descriptor == descriptor && seen.remove(connection, last)) {
      forgotten.add(descriptor);
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
  /// @param search its number, higher than those before
  /// @return the local addresses of connections that were reset, if all descriptors were looked at
  Set<InetSocketAddress> search(Collection<Connection> wanted, int search, IntPredicate isWatched) {
    for (Integer gone = forgotten.poll(); gone != null; gone = forgotten.poll()) {
      known.clear(gone);
    }
    try (SocketNames names = new SocketNames()) {
      Set<InetSocketAddress> reset = new HashSet<>();
      int highest = known.length() + NEW;
      look(names, highest, search, reset, descriptor -> !known.get(descriptor));
      if (!seen.keySet().containsAll(wanted)) {
        look(names, highest, search, reset, descriptor -> !isWatched.test(descriptor));
      }
      if (!seen.keySet().containsAll(wanted)) {
        look(names, Math.max(highest, highestOpen()), search, reset, _ -> true);
      }
      return reset;
    }
  }

  private void look(
      SocketNames names,
      int highest,
      int search,
      Set<InetSocketAddress> reset,
      IntPredicate which) {
    int knownBefore = known.length();
    for (int descriptor = 0; descriptor <= highest; descriptor++) {
      if (which.test(descriptor)) {
        boolean isConnection = look(names, descriptor, search, reset);
        known.set(descriptor, isConnection || descriptor < knownBefore);
      }
    }
  }

  /// @return whether it is a connection
  private boolean look(
      SocketNames names, int descriptor, int search, Set<InetSocketAddress> reset) {
    Connection before = connections.get(descriptor);
    Connection connection =
        before != null && names.is(descriptor, before) ? before : names.of(descriptor);
    if (before != null && !before.equals(connection)) {
      connections.remove(descriptor);
      seen.computeIfPresent(before, (_, last) -> last.descriptor == descriptor ? null : last);
    }
    if (connection != null) {
      connections.put(descriptor, connection);
      seen.put(connection, new Seen(descriptor, search));
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
