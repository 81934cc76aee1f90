package dev.groundhog.jetty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.context.ClientRequest;
import dev.groundhog.context.Disconnects;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// In a JVM of its own that may not call the kernel, as on any other system than Linux.
class NoNativeAccessTest {

  /// A server, and clients that send bodies or leave; says what the handlers were told.
  static final class Program {
    private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
    private static final int PARTS = 1_000;
    private static final int LARGE_BYTES = 1 << 26;

    private final ServerConnector connector;
    private final CountDownLatch[] waiting = {
      new CountDownLatch(1), new CountDownLatch(1), new CountDownLatch(1)
    };

    private final CountDownLatch told = new CountDownLatch(5);

    private Program(ServerConnector connector) {
      this.connector = connector;
    }

    /// Reads the body, and waits for a while if its path is a number.
    private final class Reading extends Handler.Abstract {
      @Override
      public boolean handle(Request request, Response response, Callback callback)
          throws Exception {
        String path = request.getHttpURI().getPath().substring(1);
        boolean isCancelled;
        try (InputStream body = Content.Source.asInputStream(request)) {
          body.transferTo(OutputStream.nullOutputStream());
          isCancelled = ClientRequest.current().orElseThrow().context().isCancelled();
          if (path.length() == 1) {
            waiting[Integer.parseInt(path)].countDown();
            TimeUnit.SECONDS.sleep(60);
          }
        } catch (InterruptedException | IOException _) {
          isCancelled = true;
        }
        System.out.println(path + (isCancelled ? " cancelled" : " not cancelled"));
        told.countDown();
        callback.succeeded();
        return true;
      }
    }

    private Socket ask(String method, String path, String header) throws IOException {
      Socket socket = new Socket(HERE, connector.getLocalPort());
      socket.setTcpNoDelay(true);
      String head = method + " /" + path + " HTTP/1.1\r\nHost: here\r\n" + header + "\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return socket;
    }

    /// A byte at a time, and the server reads each when it comes.
    private void trickle() throws IOException {
      try (Socket socket = ask("POST", "trickle", "Content-Length: " + PARTS + "\r\n")) {
        for (int part = 0; part < PARTS; part++) {
          socket.getOutputStream().write('.');
          LockSupport.parkNanos(1_000_000);
        }
        socket.getInputStream().read();
      }
    }

    private void upload() throws IOException {
      try (Socket socket = ask("POST", "upload", "Content-Length: " + LARGE_BYTES + "\r\n")) {
        byte[] part = new byte[1 << 12];
        for (int sent = 0; sent < LARGE_BYTES; sent += part.length) {
          socket.getOutputStream().write(part);
        }
        socket.getInputStream().read();
      }
    }

    private void leave(int number, String method, String header, String body)
        throws IOException, InterruptedException {
      try (Socket socket = ask(method, Integer.toString(number), header)) {
        socket.getOutputStream().write(body.getBytes(StandardCharsets.US_ASCII));
        waiting[number].await();
      }
    }

    private void run() throws Exception {
      trickle();
      upload();
      leave(0, "GET", "", "");
      leave(1, "POST", "Content-Length: 2\r\n", "ab");
      leave(2, "POST", "Transfer-Encoding: chunked\r\n", "2\r\nab\r\n0\r\n\r\n");
      told.await();
    }

    public static void main(String[] args) throws Exception {
      Server server = new Server();
      ServerConnector connector = new ServerConnector(server);
      connector.setHost("127.0.0.1");
      server.addConnector(connector);
      Program program = new Program(connector);
      server.setHandler(new DisconnectHandler(Disconnects.cancelling(), program.new Reading()));
      server.start();
      try {
        program.run();
      } finally {
        server.stop();
      }
    }
  }

  @Test
  void whoSendsABodyIsNotTakenForGoneAndWhoLeavesIsNoticed(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--illegal-native-access=deny",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(file.toFile())
            .start();
    try {
      boolean hasEnded = process.waitFor(3, TimeUnit.MINUTES);
      String output = Files.readString(file);
      assertThat(hasEnded).as(output).isTrue();
      assertThat(process.exitValue()).as(output).isZero();
      assertThat(output.lines())
          .contains("trickle not cancelled", "upload not cancelled")
          .contains("0 cancelled", "1 cancelled", "2 cancelled")
          .anyMatch(line -> line.contains("is seen only on writing: start java with"));
    } finally {
      process.destroyForcibly();
    }
  }
}
