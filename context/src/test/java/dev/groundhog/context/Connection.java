package dev.groundhog.context;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/// Both ends of a connection.
record Connection(SocketChannel client, SocketChannel server) implements Closeable {

  static Connection open() throws IOException {
    return open(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
  }

  static Connection open(SocketAddress address) throws IOException {
    try (ServerSocketChannel listening =
        address instanceof InetSocketAddress
            ? ServerSocketChannel.open()
            : ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
      listening.bind(address);
      SocketChannel client = SocketChannel.open(listening.getLocalAddress());
      return new Connection(client, listening.accept());
    }
  }

  Peer ofChannel() {
    return new Peer.OfChannel(server);
  }

  Peer ofAddresses() throws IOException {
    return new Peer.OfAddresses(
        (InetSocketAddress) server.getLocalAddress(),
        (InetSocketAddress) server.getRemoteAddress());
  }

  void reset() throws IOException {
    client.setOption(StandardSocketOptions.SO_LINGER, 0);
    client.close();
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
  }
}
