package dev.groundhog.target.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A server on a real socket that gives each connection the next of its answers, byte for byte;
/// that it has no endpoint of ours is answered beside them.
final class OneAnswer implements AutoCloseable {
  private static final String NONE =
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

  private final ServerSocket socket;
  private volatile String ours = NONE;
  private final Thread thread;
  private final List<String> heads = new CopyOnWriteArrayList<>();
  private final AtomicInteger askedForOurs = new AtomicInteger();
  private final List<Socket> held = new CopyOnWriteArrayList<>();

  OneAnswer(String... answers) throws IOException {
    this(() -> {}, answers);
  }

  /// Does something between each request and its answer.
  OneAnswer(Runnable beforeAnswer, String... answers) throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    thread = Thread.ofPlatform().name("one-answer").start(() -> serve(beforeAnswer, answers));
  }

  static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: "
        + body.getBytes(StandardCharsets.UTF_8).length
        + "\r\nConnection: close\r\n\r\n"
        + body;
  }

  static String redirect(String to) {
    return "HTTP/1.1 302 Found\r\nLocation: "
        + to
        + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  }

  String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /// The request lines and headers that came, in order.
  List<String> heads() {
    return heads;
  }

  /// What is answered where our own endpoint would be.
  OneAnswer ours(String answer) {
    ours = answer;
    return this;
  }

  /// How often our own endpoint was asked for.
  int askedForOurs() {
    return askedForOurs.get();
  }

  private void serve(Runnable beforeAnswer, String[] answers) {
    int next = 0;
    while (next < answers.length || answers.length == 0) {
      try {
        Socket client = socket.accept();
        held.add(client);
        BufferedReader input =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder head = new StringBuilder();
        for (String line = input.readLine();
            line != null && !line.isEmpty();
            line = input.readLine()) {
          head.append(line).append('\n');
        }
        if (head.toString().startsWith("GET /debug/groundhog/dump ")) {
          askedForOurs.incrementAndGet();
          client.getOutputStream().write(ours.getBytes(StandardCharsets.UTF_8));
          client.close();
          continue;
        }
        heads.add(head.toString());
        beforeAnswer.run();
        client.getOutputStream().write(answers[next++].getBytes(StandardCharsets.UTF_8));
        client.getOutputStream().flush();
      } catch (IOException closed) {
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket client : held) {
      client.close();
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
