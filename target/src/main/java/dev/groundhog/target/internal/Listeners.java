package dev.groundhog.target.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Which processes of this machine listen at a loopback address, by Linux's tables of sockets,
/// `/proc/net/tcp` and `tcp6` (proc(5): the second column is the socket's own address in words of
/// four bytes, each in the byte order of the machine, the fourth its state, the tenth its inode),
/// and by the descriptors of the processes that we may look into.
///
/// Limits: a process in another network namespace, or of another user, is not found; who listens
/// may pass connections on to somebody else.
final class Listeners {
  private static final int MAX_ROWS = 1_000_000;
  private static final int MAX_DESCRIPTORS = 1_000_000;
  private static final int ADDRESS_COLUMN = 1;
  private static final int STATE_COLUMN = 3;
  private static final int INODE_COLUMN = 9;
  private static final String LISTEN = "0A";

  private Listeners() {}

  /// The PIDs, in order; none if `host` is not loopback alone, or nothing can be seen.
  static Set<Long> at(String host, int port) {
    Set<String> sockets = new HashSet<>();
    try {
      List<InetAddress> addresses = List.of(InetAddress.getAllByName(host));
      if (!addresses.stream().allMatch(InetAddress::isLoopbackAddress)) {
        return Set.of();
      }
      for (String table : List.of("tcp", "tcp6")) {
        addSockets(Path.of("/proc/net", table), addresses, port, sockets);
      }
    } catch (UnknownHostException _) {
      return Set.of();
    }
    return sockets.isEmpty() ? Set.of() : holders(sockets);
  }

  /// Adds what a descriptor of each listening socket links to: `socket:[4711]`.
  private static void addSockets(
      Path table, List<InetAddress> addresses, int port, Set<String> sockets) {
    String suffix = String.format(Locale.ROOT, ":%04X", port);
    try (BufferedReader rows = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
      String row = rows.readLine();
      for (int n = 0; row != null && n < MAX_ROWS; n++, row = rows.readLine()) {
        String[] columns = row.strip().split("\\s+", INODE_COLUMN + 2);
        if (columns.length > INODE_COLUMN
            && columns[STATE_COLUMN].equals(LISTEN)
            && columns[ADDRESS_COLUMN].endsWith(suffix)
            && serves(address(columns[ADDRESS_COLUMN]), addresses)) {
          sockets.add("socket:[" + columns[INODE_COLUMN] + "]");
        }
      }
    } catch (IOException | IllegalArgumentException _) {
      // a table that cannot be read tells of nobody
    }
  }

  private static boolean serves(InetAddress own, List<InetAddress> addresses) {
    return own.isAnyLocalAddress() || addresses.contains(own);
  }

  /// An IPv4 address mapped into IPv6 becomes the IPv4 one.
  private static InetAddress address(String column) throws UnknownHostException {
    byte[] bytes = HexFormat.of().parseHex(column.substring(0, column.indexOf(':')));
    if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
      for (int word = 0; word + 4 <= bytes.length; word += 4) {
        byte[] turned = Arrays.copyOfRange(bytes, word, word + 4);
        for (int i = 0; i < 4; i++) {
          bytes[word + i] = turned[3 - i];
        }
      }
    }
    return InetAddress.getByAddress(bytes);
  }

  private static Set<Long> holders(Set<String> sockets) {
    Set<Long> holders = new TreeSet<>();
    int looked = 0;
    for (long pid : ProcFs.pids()) {
      try (DirectoryStream<Path> descriptors =
          Files.newDirectoryStream(ProcFs.folder(pid).resolve("fd"))) {
        for (Path descriptor : descriptors) {
          if (++looked > MAX_DESCRIPTORS) {
            return Set.of();
          }
          if (sockets.contains(link(descriptor))) {
            holders.add(pid);
          }
        }
      } catch (IOException | DirectoryIteratorException _) {
        // gone, or not ours to look into
      }
    }
    return holders;
  }

  private static String link(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException | UnsupportedOperationException _) {
      return ""; // closed meanwhile
    }
  }
}
