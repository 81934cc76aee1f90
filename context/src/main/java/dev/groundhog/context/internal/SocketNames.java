package dev.groundhog.context.internal;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Asks the kernel which connection a descriptor is: getpeername(2) and getsockname(2). For one
/// thread.
final class SocketNames implements AutoCloseable {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int ENOTCONN = 107;
  private static final int IPPROTO_TCP = 6;
  private static final int SOL_SOCKET = 1;
  private static final int SO_COOKIE = 57;
  private static final int TCP_INFO = 11;
  private static final int TCP_CLOSE = 7;
  private static final int PORT_OFFSET = 2;
  private static final ValueLayout.OfShort PORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);

  private final Scratch scratch = Scratch.take();
  private final MemorySegment state = scratch.state;
  private final MemorySegment address = scratch.bytes;
  private final MemorySegment length = scratch.length;

  /// The two addresses of a TCP connection.
  record Connection(InetSocketAddress local, InetSocketAddress remote) {}

  /// @return null if it is no TCP connection, or closed, or reset
  @Nullable Connection of(int descriptor) {
    InetSocketAddress remote = remote(descriptor) >= 0 ? address() : null;
    InetSocketAddress local = remote == null ? null : local(descriptor);
    return remote == null || local == null ? null : new Connection(local, remote);
  }

  boolean isConnected(int descriptor) {
    return remote(descriptor) >= 0;
  }

  /// The kernel's number of a socket, which no other ever has, socket(7); 0 for all else, and where
  /// the kernel is older than Linux 4.12.
  long cookie(int descriptor) {
    length.set(JAVA_INT, 0, Long.BYTES);
    int error = Libc.socketOption(state, descriptor, SOL_SOCKET, SO_COOKIE, address, length);
    return error < 0 ? 0 : address.get(JAVA_LONG, 0);
  }

  /// The local address of a TCP connection that its peer has reset, or that both have closed: the
  /// kernel knows no remote address of it any more, tcp(7). Null for all else.
  @Nullable InetSocketAddress ofReset(int descriptor) {
    boolean reset = remote(descriptor) == -ENOTCONN && tcpState(descriptor) == TCP_CLOSE;
    return reset ? local(descriptor) : null;
  }

  private int remote(int descriptor) {
    length.set(JAVA_INT, 0, Scratch.BYTES);
    return Libc.peerName(state, descriptor, address, length);
  }

  private @Nullable InetSocketAddress local(int descriptor) {
    return own(descriptor) ? address() : null;
  }

  private boolean own(int descriptor) {
    length.set(JAVA_INT, 0, Scratch.BYTES);
    return Libc.ownName(state, descriptor, address, length) >= 0;
  }

  /// The first byte of `struct tcp_info`; -1 if it is no TCP socket.
  private int tcpState(int descriptor) {
    length.set(JAVA_INT, 0, 1);
    int error = Libc.socketOption(state, descriptor, IPPROTO_TCP, TCP_INFO, address, length);
    return error < 0 ? -1 : address.get(JAVA_BYTE, 0);
  }

  private @Nullable InetSocketAddress address() {
    byte[] bytes = ip();
    try {
      return bytes == null ? null : new InetSocketAddress(InetAddress.getByAddress(bytes), port());
    } catch (UnknownHostException _) {
      return null; // no address has such a length
    }
  }

  private int port() {
    return Short.toUnsignedInt(address.get(PORT, PORT_OFFSET));
  }

  private byte @Nullable [] ip() {
    return switch (address.get(JAVA_SHORT, 0)) {
      case AF_INET -> address.asSlice(4, 4).toArray(JAVA_BYTE);
      case AF_INET6 -> address.asSlice(8, 16).toArray(JAVA_BYTE);
      default -> null;
    };
  }

  @Override
  public void close() {
    scratch.close();
  }
}
