package dev.groundhog.context.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.channels.Channel;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

/// Which descriptor a connection has: as its channel tells, or by its addresses among all of this
/// process (getsockname(2), getpeername(2)), remembered for each connection.
public final class Descriptors {
  /// More connections than these are not remembered.
  private static final int MAX_REMEMBERED = 1 << 17;

  /// Descriptors that were freed of late; the kernel gives the lowest free one, so it is likely
  /// here.
  private static final int MAX_FREED = 64;

  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int ADDRESS_BYTES = 128; // struct sockaddr_storage

  private static final Optional<MethodHandle> DESCRIPTOR = descriptor();

  private record Connection(InetSocketAddress local, InetSocketAddress remote) {}

  private final Map<Connection, Integer> remembered = new ConcurrentHashMap<>();
  private final BlockingQueue<Integer> freed = new ArrayBlockingQueue<>(MAX_FREED);
  private int highest;

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

  /// The descriptor of the connection between these addresses, as far as is known; what is
  /// remembered may have been closed since.
  public OptionalInt find(InetSocketAddress local, InetSocketAddress remote) {
    Connection connection = new Connection(local, remote);
    Integer known = remembered.get(connection);
    if (known != null) {
      return OptionalInt.of(known);
    }
    OptionalInt found = search(local, remote);
    if (found.isPresent()) {
      if (remembered.size() >= MAX_REMEMBERED) {
        remembered.clear();
      }
      remembered.put(connection, found.getAsInt());
    }
    return found;
  }

  public void forget(InetSocketAddress local, InetSocketAddress remote) {
    remembered.remove(new Connection(local, remote));
  }

  /// The connection of `descriptor` is about to be closed.
  public void freed(int descriptor) {
    freed.offer(descriptor);
  }

  public boolean isConnection(int descriptor, InetSocketAddress local, InetSocketAddress remote) {
    try (Names names = new Names()) {
      return names.isConnection(descriptor, local, remote);
    }
  }

  private synchronized OptionalInt search(InetSocketAddress local, InetSocketAddress remote) {
    try (Names names = new Names()) {
      for (int left = freed.size(); left > 0; left--) {
        Integer descriptor = freed.poll();
        if (descriptor != null && names.isConnection(descriptor, local, remote)) {
          return OptionalInt.of(descriptor);
        }
      }
      OptionalInt found = names.search(0, highest, local, remote);
      if (found.isEmpty()) {
        int before = highest;
        highest = highestOpen();
        found = names.search(before + 1, highest, local, remote);
      }
      return found;
    }
  }

  private static int highestOpen() {
    String[] names = new File("/proc/self/fd").list();
    int highest = 0;
    for (String name : names == null ? new String[0] : names) {
      highest = Math.max(highest, Integer.parseInt(name));
    }
    return highest;
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

  /// Asks for the addresses of descriptors; for one thread.
  private static final class Names implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = Libc.state(arena);
    private final MemorySegment address = arena.allocate(ADDRESS_BYTES, Long.BYTES);
    private final MemorySegment length = arena.allocate(JAVA_INT);

    OptionalInt search(int from, int to, InetSocketAddress local, InetSocketAddress remote) {
      for (int descriptor = from; descriptor <= to; descriptor++) {
        if (isConnection(descriptor, local, remote)) {
          return OptionalInt.of(descriptor);
        }
      }
      return OptionalInt.empty();
    }

    boolean isConnection(int descriptor, InetSocketAddress local, InetSocketAddress remote) {
      length.set(JAVA_INT, 0, ADDRESS_BYTES);
      if (!Libc.peerName(state, descriptor, address, length) || !is(remote)) {
        return false;
      }
      length.set(JAVA_INT, 0, ADDRESS_BYTES);
      return Libc.ownName(state, descriptor, address, length) && is(local);
    }

    /// Whether the address read is `expected`; the port first, since it is cheap.
    private boolean is(InetSocketAddress expected) {
      int family = address.get(JAVA_SHORT, 0);
      int port = Short.toUnsignedInt(address.get(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2));
      if (port != expected.getPort() || (family != AF_INET && family != AF_INET6)) {
        return false;
      }
      byte[] bytes =
          family == AF_INET
              ? address.asSlice(4, 4).toArray(JAVA_BYTE)
              : address.asSlice(8, 16).toArray(JAVA_BYTE);
      try {
        return InetAddress.getByAddress(bytes).equals(expected.getAddress());
      } catch (UnknownHostException _) {
        return false;
      }
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
