package dev.groundhog.agent.internal;

import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.OwnThread;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A small HTTP/1.1 listener for `GET` and `HEAD`, on daemon threads of its own that are named
/// `groundhog-…`. It takes few connections at once, closes those beyond at once and those that make
/// no progress, and throws nothing into the program: what fails costs one connection.
public final class Listener implements AutoCloseable {
  static final int MAX_CONNECTIONS = 16;

  private static final int BACKLOG = 128;

  /// How often connections without progress are looked for.
  private static final Duration BEAT = Duration.ofMillis(250);

  private static final Duration MAX_FAREWELL = Duration.ofMillis(200);

  /// What a system that lacks threads or descriptors is spared.
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ServerSocketChannel server;
  private final Selector selector;
  private final Address address;
  private final Supplier<DebugEndpoint> endpoint;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final Thread accepting = OwnThread.daemon("groundhog-accept", this::accept);
  private volatile AccessRule rule;

  private Listener(
      ServerSocketChannel server,
      Selector selector,
      Address address,
      Supplier<DebugEndpoint> endpoint,
      AccessRule rule) {
    this.server = server;
    this.selector = selector;
    this.address = address;
    this.endpoint = endpoint;
    this.rule = rule;
  }

  /// Listens from now on.
  ///
  /// @param rule who gets in
  /// @param isOpenToAll whether other users may connect to a unix socket
  /// @throws IOException if that address can't be had; the message names it
  public static Listener start(
      Address address, Supplier<DebugEndpoint> endpoint, AccessRule rule, boolean isOpenToAll)
      throws IOException {
    try {
      ServerSocketChannel server = bound(address, isOpenToAll);
      try {
        server.configureBlocking(false);
        Selector selector = Selector.open();
        server.register(selector, SelectionKey.OP_ACCEPT);
        Listener listener = new Listener(server, selector, address, endpoint, rule);
        listener.accepting.start();
        return listener;
      } catch (IOException | Error e) {
        server.close();
        throw e;
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new IOException("cannot listen on " + text(address) + ": " + reason(e), e);
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private static ServerSocketChannel bound(Address address, boolean isOpenToAll)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(family(address));
    try {
      switch (address) {
        case Address.Tcp(InetSocketAddress socket) -> {
          server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
          server.bind(socket, BACKLOG);
        }
        case Address.Unix(var path) -> SocketFile.bind(server, path, isOpenToAll, BACKLOG);
        case Address.Off _ -> throw new IOException("there is nothing to listen on");
      }
      return server;
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static StandardProtocolFamily family(Address address) {
    return switch (address) {
      case Address.Unix _ -> StandardProtocolFamily.UNIX;
      case Address.Tcp(InetSocketAddress socket) ->
          socket.getAddress() instanceof Inet4Address
              ? StandardProtocolFamily.INET
              : StandardProtocolFamily.INET6;
      case Address.Off _ -> StandardProtocolFamily.INET;
    };
  }

  /// From now on `newRule` says who gets in.
  ///
  /// @param isOpenToAll whether other users may connect to a unix socket
  /// @throws IOException if that cannot be changed; then nothing is
  public void use(AccessRule newRule, boolean isOpenToAll) throws IOException {
    if (address instanceof Address.Unix(var path)) {
      SocketFile.open(path, isOpenToAll);
    }
    rule = newRule;
  }

  /// Ends it, and its connections.
  @Override
  public void close() {
    try {
      server.close();
      selector.close();
    } catch (IOException _) {
      // it ends all the same
    }
    if (address instanceof Address.Unix(var path)) {
      SocketFile.remove(path);
    }
    connections.forEach(Connection::close);
    try {
      accepting.join(MAX_FAREWELL);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Where it listens, `127.0.0.1:6060` or `unix:/run/debug.sock`.
  public String address() {
    try {
      return address instanceof Address.Tcp
              && server.getLocalAddress() instanceof InetSocketAddress socket
          ? text(new Address.Tcp(socket))
          : text(address);
    } catch (IOException _) {
      return text(address);
    }
  }

  private static String text(Address address) {
    return switch (address) {
      case Address.Tcp(InetSocketAddress socket) -> {
        String host = socket.getAddress().getHostAddress();
        yield (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + socket.getPort();
      }
      case Address.Unix(var path) -> "unix:" + path;
      case Address.Off _ -> "off";
    };
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        selector.select(connections.isEmpty() ? 0 : BEAT.toMillis());
        selector.selectedKeys().clear();
        serve(server.accept());
      } catch (IOException | RuntimeException | Error _) {
        if (server.isOpen()) {
          pause();
        }
      }
      connections.forEach(Connection::closeIfStalled);
    }
  }

  private void serve(@Nullable SocketChannel channel) throws IOException {
    if (channel == null) {
      return;
    }
    if (connections.size() >= MAX_CONNECTIONS) {
      channel.close();
      return;
    }
    Connection connection = new Connection(channel, endpoint, rule);
    connections.add(connection);
    try {
      OwnThread.daemon(
              "groundhog-http",
              () -> {
                try {
                  connection.serve();
                } finally {
                  connections.remove(connection);
                }
              })
          .start();
    } catch (RuntimeException | Error e) {
      connections.remove(connection);
      channel.close();
      throw e;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException _) {
      // nobody ends this thread so
    }
  }
}
