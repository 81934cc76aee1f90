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

/// A server on a real socket that gives each connection the next of its answers, byte for byte.
final class OneAnswer implements AutoCloseable {
  private final ServerSocket socket;
  private final Thread thread;
  private final List<String> heads = new CopyOnWriteArrayList<>();
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

  private void serve(Runnable beforeAnswer, String[] answers) {
    for (String answer : answers) {
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
        heads.add(head.toString());
        beforeAnswer.run();
        client.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
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
