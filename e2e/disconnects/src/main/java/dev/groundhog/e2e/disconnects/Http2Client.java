package dev.groundhog.e2e.disconnects;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/// As much of HTTP/2 (RFC 9113, prior knowledge) as it takes to ask and to leave: one request on
/// each stream, with headers that refer to the static table of RFC 7541.
final class Http2Client extends Client.Tcp {
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int END_STREAM_AND_HEADERS = 0x5;
  private static final byte[] CANCEL = {0, 0, 0, 8};

  private int lastStream = -1;

  Http2Client(int port) throws IOException {
    super(new Socket(InetAddress.ofLiteral("127.0.0.1"), port));
    write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  @Override
  public void ask(String path, String... headers) throws IOException {
    lastStream += 2;
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(0x82); // :method GET
    block.write(0x86); // :scheme http
    literal(block, 4, path);
    literal(block, 1, "localhost"); // :authority
    frame(HEADERS, END_STREAM_AND_HEADERS, lastStream, block.toByteArray());
  }

  /// Of the last request.
  void resetStream() throws IOException {
    frame(RST_STREAM, 0, lastStream, CANCEL);
  }

  private static void literal(ByteArrayOutputStream block, int nameIndex, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
    block.write(nameIndex);
    block.write(bytes.length);
    block.writeBytes(bytes);
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(payload.length >> 16);
    frame.write(payload.length >> 8);
    frame.write(payload.length);
    frame.write(type);
    frame.write(flags);
    for (int shift = 24; shift >= 0; shift -= 8) {
      frame.write(stream >> shift);
    }
    frame.writeBytes(payload);
    write(frame.toByteArray());
  }
}
