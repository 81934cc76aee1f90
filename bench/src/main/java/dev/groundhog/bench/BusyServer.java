package dev.groundhog.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A server whose every connection is a virtual thread, beside many threads that are parked. It
/// says `ready` and its port. Arguments: how many are parked.
public final class BusyServer {
  private static final int CLIENTS = 8;
  private static final int WARM_UP_STRETCHES = 4;
  private static final Duration STRETCH = Duration.ofSeconds(5);
  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private BusyServer() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    int parked = Integer.parseInt(args[0]);
    CountDownLatch begun = new CountDownLatch(parked);
    for (int i = 0; i < parked; i++) {
      Thread.startVirtualThread(() -> {
        begun.countDown();
        while (true) {
          LockSupport.park();
        }
      });
    }
    begun.await();
    ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(() -> accept(server));
    System.out.println("ready " + server.getLocalPort());
    while (System.in.read() >= 0) {
      // it serves
    }
    System.exit(0);
  }

  private static void accept(ServerSocket server) {
    while (true) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (skipHead(in) >= 0) {
        byte[] answer = work();
        String head = "HTTP/1.1 200 OK\r\nContent-Length: " + answer.length + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(answer);
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  /// Some work, as a handler has.
  private static byte[] work() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      text.append(Integer.toHexString(i * 31)).append(' ');
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /// Measures stretches with and without dumps in turns, and prints what is lost.
  static void compare(Path agent, int parked, int rounds) throws IOException, InterruptedException {
    AtomicLong served = new AtomicLong();
    List<Long> without = new ArrayList<>();
    List<Long> with = new ArrayList<>();
    try (Program program =
        Program.start(agent, List.of(), BusyServer.class, Integer.toString(parked))) {
      int port = Integer.parseInt(program.ready().split(" ", -1)[1]);
      for (int i = 0; i < CLIENTS; i++) {
        Thread.ofPlatform().daemon().start(() -> ask(port, served));
      }
      for (int warmUp = 0; warmUp < WARM_UP_STRETCHES; warmUp++) {
        stretch(served, program, true);
      }
      for (int round = 0; round < rounds; round++) {
        // In turns, since a machine may be faster now than a minute later.
        boolean isFirst = round % 2 == 0;
        (isFirst ? with : without).add(stretch(served, program, isFirst));
        (isFirst ? without : with).add(stretch(served, program, !isFirst));
        System.out.printf(
            Locale.ROOT,
            "round %d: %d requests without, %d with one dump a second%n",
            round + 1,
            without.getLast(),
            with.getLast());
      }
    }
    List<Long> losses = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      losses.add(Math.round(10_000.0 * (1 - with.get(round) / (double) without.get(round))));
    }
    System.out.printf(
        Locale.ROOT,
        "loss %.1f %% of %.0f requests a second%n",
        EndpointSpeed.median(losses) / 100,
        EndpointSpeed.median(without) / STRETCH.toSeconds());
  }

  private static long stretch(AtomicLong served, Program program, boolean isDumped)
      throws IOException, InterruptedException {
    long before = served.get();
    long end = System.nanoTime() + STRETCH.toNanos();
    while (System.nanoTime() < end) {
      long next = Math.min(end, System.nanoTime() + 1_000_000_000L);
      if (isDumped) {
        dumpOnce(program);
      }
      Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
    }
    return served.get() - before;
  }

  private static void dumpOnce(Program program) throws IOException {
    program.get(
        "/debug/pprof/goroutine?debug=2", body -> body.transferTo(OutputStream.nullOutputStream()));
  }

  private static void ask(int port, AtomicLong served) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        socket.getOutputStream().write(REQUEST);
        skipAnswer(in);
        served.incrementAndGet();
      }
    } catch (IOException e) {
      // the server has ended
    }
  }

  private static void skipAnswer(InputStream in) throws IOException {
    long length = skipHead(in);
    if (length < 0) {
      throw new IOException("the server has ended");
    }
    in.skipNBytes(length);
  }

  /// Up to the empty line: the length that it tells of the body, 0 if it does not; -1 at the end.
  private static long skipHead(InputStream in) throws IOException {
    long length = 0;
    StringBuilder line = new StringBuilder();
    while (true) {
      int next = in.read();
      if (next < 0) {
        return -1;
      }
      if (next != '\n') {
        line.append((char) next);
        continue;
      }
      String header = line.toString().strip().toLowerCase(Locale.ROOT);
      line.setLength(0);
      if (header.startsWith("content-length:")) {
        length = Long.parseLong(header.substring("content-length:".length()).strip());
      } else if (header.isEmpty()) {
        return length;
      }
    }
  }
}
