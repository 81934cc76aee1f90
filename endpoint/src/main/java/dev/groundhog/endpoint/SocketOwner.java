package dev.groundhog.endpoint;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.OptionalLong;

/// Which user owns the other end of a loopback connection, by Linux's tables of sockets,
/// `/proc/net/tcp` and `tcp6` (proc(5)): the second column is the socket's own address, the third
/// its peer, the eighth the uid. Addresses are hexadecimal words of four bytes, each in the byte
/// order of the machine.
final class SocketOwner {
  private static final int MAX_ROWS = 1_000_000;
  private static final int ADDRESS_COLUMN = 1;
  private static final int PEER_COLUMN = 2;
  private static final int UID_COLUMN = 7;

  private SocketOwner() {}

  /// The user of this process, or -1 where it cannot be read.
  static long ownUid() {
    try {
      return ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid")).longValue();
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
      return -1;
    }
  }

  /// The uid of the socket whose own address is `peer` and that is connected to our port `ownPort`.
  static OptionalLong of(InetSocketAddress peer, int ownPort) {
    OptionalLong uid = find(Path.of("/proc/net/tcp6"), peer, ownPort);
    return uid.isPresent() ? uid : find(Path.of("/proc/net/tcp"), peer, ownPort);
  }

  private static OptionalLong find(Path table, InetSocketAddress peer, int ownPort) {
    boolean isIpv6Table = table.endsWith("tcp6");
    String address = encode(peer.getAddress(), isIpv6Table);
    if (address.isEmpty()) {
      return OptionalLong.empty();
    }
    String own = address + String.format(Locale.ROOT, ":%04X", peer.getPort());
    String port = String.format(Locale.ROOT, ":%04X", ownPort);
    try (BufferedReader rows = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
      String row = rows.readLine();
      for (int n = 0; row != null && n < MAX_ROWS; n++, row = rows.readLine()) {
        String[] columns = row.strip().split("\\s+", UID_COLUMN + 2);
        if (columns.length > UID_COLUMN
            && columns[ADDRESS_COLUMN].equals(own)
            && columns[PEER_COLUMN].endsWith(port)) {
          return OptionalLong.of(Long.parseLong(columns[UID_COLUMN]));
        }
      }
    } catch (IOException | NumberFormatException _) {
      // told as unknown
    }
    return OptionalLong.empty();
  }

  private static String encode(InetAddress address, boolean forIpv6Table) {
    byte[] bytes = address.getAddress();
    if (forIpv6Table && address instanceof Inet4Address) {
      byte[] mapped = new byte[16];
      mapped[10] = (byte) 0xff;
      mapped[11] = (byte) 0xff;
      System.arraycopy(bytes, 0, mapped, 12, 4);
      bytes = mapped;
    }
    if (!forIpv6Table && bytes.length != 4) {
      return "";
    }
    boolean littleEndian = java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN;
    byte[] words = bytes.clone();
    for (int word = 0; littleEndian && word < words.length; word += 4) {
      for (int i = 0; i < 4; i++) {
        words[word + i] = bytes[word + 3 - i];
      }
    }
    return HexFormat.of().withUpperCase().formatHex(words);
  }
}
