package dev.groundhog.agent.internal;

import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.DebugEndpoint;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// A small HTTP/1.1 listener for `GET` and `HEAD`, on daemon threads of its own that are named
/// `groundhog-…`. It takes few connections at once, closes those beyond at once and those that make
/// no progress, and throws nothing into the program: what fails costs one connection.
public final class Listener {
  static final int MAX_CONNECTIONS = 16;

  private static final int BACKLOG = 16;

  /// How often connections without progress are looked for.
  private static final Duration BEAT = Duration.ofSeconds(1);

  private static final Duration MAX_FAREWELL = Duration.ofMillis(200);

  /// What a system that lacks threads or descriptors is spared.
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ServerSocket server;
  private final Supplier<DebugEndpoint> endpoint;
  private final AccessRule rule;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final Thread accepting = thread("groundhog-accept", this::accept);

  private Listener(ServerSocket server, Supplier<DebugEndpoint> endpoint, AccessRule rule) {
    this.server = server;
    this.endpoint = endpoint;
    this.rule = rule;
  }

  /// Listens from now on.
  ///
  /// @param rule who gets in
  /// @throws IOException if that address can't be had; the message names it
  public static Listener start(
      InetSocketAddress address, Supplier<DebugEndpoint> endpoint, AccessRule rule)
      throws IOException {
    ServerSocket server = new ServerSocket();
    try {
      server.setReuseAddress(true);
      server.bind(address, BACKLOG);
      server.setSoTimeout((int) BEAT.toMillis());
    } catch (IOException e) {
      server.close();
      throw new IOException("cannot listen on " + text(address) + ": " + e.getMessage(), e);
    }
    Listener listener = new Listener(server, endpoint, rule);
    listener.accepting.start();
    return listener;
  }

  /// Ends it, and its connections, when the program ends: a JVM waits 300 ms for a thread that is
  /// in the system's `accept`.
  public void closeAtExit() {
    Runtime.getRuntime().addShutdownHook(thread("groundhog-exit", this::close));
  }

  private void close() {
    try {
      server.close();
    } catch (IOException _) {
      // it ends all the same
    }
    connections.forEach(Connection::close);
    try {
      accepting.join(MAX_FAREWELL);
    } catch (InterruptedException _) {
      // it is a daemon
    }
  }

  /// Where it listens, `127.0.0.1:6060`.
  public String address() {
    return text((InetSocketAddress) server.getLocalSocketAddress());
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        serve(server.accept());
      } catch (SocketTimeoutException _) {
        // the beat
      } catch (IOException | RuntimeException | Error _) {
        if (!server.isClosed()) {
          pause();
        }
      }
      connections.forEach(Connection::closeIfStalled);
    }
  }

  private void serve(Socket socket) throws IOException {
    if (connections.size() >= MAX_CONNECTIONS) {
      socket.close();
      return;
    }
    Connection connection = new Connection(socket, endpoint, rule);
    connections.add(connection);
    try {
      thread(
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
      socket.close();
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

  /// A thread that inherits nothing of the program that it is started in.
  private static Thread thread(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(null);
    return thread;
  }
}
