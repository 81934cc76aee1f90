package dev.groundhog.e2e.disconnects;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/// One connection of a client that is about to leave, byte by byte as it is meant.
interface Client extends Closeable {
  /// Sends a request, and does not wait for the answer.
  default void ask(String path, String... headers) throws IOException {
    write(request("GET", path, headers));
  }

  void write(byte[] bytes) throws IOException;

  /// Writes no more.
  void halfClose() throws IOException;

  /// Leaves without a word: what is on the way is lost.
  void reset() throws IOException;

  /// What has come and comes within a second, until `isEnough` or the end.
  String read(Predicate<String> isEnough) throws IOException;

  static Client tcp(int port) throws IOException {
    return new Tcp(new Socket(InetAddress.ofLiteral("127.0.0.1"), port));
  }

  static Client tls(int port) throws IOException, GeneralSecurityException {
    Socket plain = new Socket(InetAddress.ofLiteral("127.0.0.1"), port);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
    SSLSocket tls =
        (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
    tls.startHandshake();
    return new Tls(plain, tls);
  }

  static Client unix(Path path) throws IOException {
    return new Unix(SocketChannel.open(UnixDomainSocketAddress.of(path)));
  }

  static byte[] request(String method, String path, String... headers) {
    StringBuilder text =
        new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n");
    for (String header : headers) {
      text.append(header).append("\r\n");
    }
    return text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  static String read(InputStream in, Predicate<String> isEnough) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] part = new byte[4_096];
    try {
      for (int read = in.read(part); read >= 0; read = in.read(part)) {
        all.write(part, 0, read);
        if (isEnough.test(all.toString(StandardCharsets.ISO_8859_1))) {
          break;
        }
      }
    } catch (SocketTimeoutException | SocketException _) {
      // what has come is what there is
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }

  /// Plain TCP.
  class Tcp implements Client {
    private static final int PATIENCE_MILLIS = 1_000;

    final Socket socket;

    Tcp(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(PATIENCE_MILLIS);
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
    }

    @Override
    public void halfClose() throws IOException {
      socket.shutdownOutput();
    }

    @Override
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public String read(Predicate<String> isEnough) throws IOException {
      return Client.read(socket.getInputStream(), isEnough);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  /// TLS over TCP: closing says goodbye, the others act on the connection below.
  final class Tls extends Tcp {
    private final Socket plain;

    Tls(Socket plain, SSLSocket tls) throws IOException {
      super(tls);
      this.plain = plain;
    }

    @Override
    public void reset() throws IOException {
      plain.setSoLinger(true, 0);
      plain.close();
    }

    /// Closes the connection below without saying goodbye.
    void closePlain() throws IOException {
      plain.close();
    }
  }

  /// A unix socket.
  final class Unix implements Client {
    private final SocketChannel channel;

    Unix(SocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
      ByteBuffer left = ByteBuffer.wrap(bytes);
      while (left.hasRemaining()) {
        channel.write(left);
      }
    }

    @Override
    public void halfClose() throws IOException {
      channel.shutdownOutput();
    }

    @Override
    public void reset() {
      throw new UnsupportedOperationException(StandardProtocolFamily.UNIX + " has no reset");
    }

    @Override
    public String read(Predicate<String> isEnough) throws IOException {
      return Client.read(Channels.newInputStream(channel), isEnough);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /// For a certificate that the run has made itself.
  final class TrustAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
