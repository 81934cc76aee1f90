package dev.groundhog.endpoint;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/// Which user owns the other end of a loopback connection, by Linux's tables of sockets,
/// `/proc/net/tcp` and `tcp6` (proc(5)): the second column is the socket's own address, the third
/// its peer, the eighth the uid, the tenth the inode. Addresses are hexadecimal words of four
/// bytes, each in the byte order of the machine.
///
/// A socket that its process has closed stays in the table for a while **with uid 0 and inode 0**:
/// it must not pass for root's, or any user could send a request, close, and be let in.
///
/// To read a table takes the kernel milliseconds, and more with each connection of the machine: so
/// one reading answers all who asked before it began, however many connect at a time.
///
/// Limits: after a million rows it gives up and the user is unknown. Users that have no name in
/// this user namespace share one uid.
final class SocketOwner implements PeerUsers {
  private static final int MAX_ROWS = 1_000_000;
  private static final int UID_COLUMN = 7;
  private static final int INODE_COLUMN = 9;

  private final Path tables;
  private final OptionalLong own;

  private final Queue<LookUp> waiting = new ConcurrentLinkedQueue<>();
  private final ReentrantLock reading = new ReentrantLock();

  /// One question, and its answer once `isDone`; both belong to the lock.
  private static final class LookUp {
    final InetSocketAddress peer;
    final InetSocketAddress local;
    OptionalLong uid = OptionalLong.empty();
    boolean isDone;

    LookUp(InetSocketAddress peer, InetSocketAddress local) {
      this.peer = peer;
      this.local = local;
    }
  }

  SocketOwner() {
    this(Path.of("/proc/net"), ownUid());
  }

  SocketOwner(Path tables, OptionalLong own) {
    this.tables = tables;
    this.own = own;
  }

  private static OptionalLong ownUid() {
    try {
      return OptionalLong.of((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException _) {
      return OptionalLong.empty();
    }
  }

  @Override
  public boolean canTell() {
    return own.isPresent() && Files.isReadable(tables.resolve("tcp"));
  }

  @Override
  public OptionalLong own() {
    return own;
  }

  /// Looks in both tables: a socket for IPv6 that speaks IPv4 is in `tcp6`, by its mapped address.
  @Override
  public OptionalLong ofPeer(InetSocketAddress peer, InetSocketAddress local) {
    LookUp lookUp = new LookUp(peer, local);
    waiting.add(lookUp);
    reading.lock();
    try {
      if (!lookUp.isDone) {
        readFor(takeWaiting());
      }
      return lookUp.uid;
    } finally {
      reading.unlock();
    }
  }

  private List<LookUp> takeWaiting() {
    List<LookUp> taken = new ArrayList<>();
    for (LookUp next = waiting.poll(); next != null; next = waiting.poll()) {
      taken.add(next);
    }
    return taken;
  }

  private void readFor(List<LookUp> lookUps) {
    for (boolean isIpv6 : List.of(true, false)) {
      Map<String, List<LookUp>> sought = new HashMap<>();
      for (LookUp lookUp : lookUps) {
        String from = encode(lookUp.peer, isIpv6);
        String to = encode(lookUp.local, isIpv6);
        if (lookUp.uid.isEmpty() && !from.isEmpty() && !to.isEmpty()) {
          sought.computeIfAbsent(from + " " + to, _ -> new ArrayList<>()).add(lookUp);
        }
      }
      if (!sought.isEmpty()) {
        find(tables.resolve(isIpv6 ? "tcp6" : "tcp"), sought);
      }
    }
    lookUps.forEach(lookUp -> lookUp.isDone = true);
  }

  /// @param sought by the socket's own address and its peer, as they stand in a row
  private static void find(Path table, Map<String, List<LookUp>> sought) {
    int length = sought.keySet().iterator().next().length(); // of all the same
    try (BufferedReader rows = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
      String row = rows.readLine();
      for (int n = 0; row != null && n < MAX_ROWS && !sought.isEmpty(); n++) {
        int from = row.indexOf(": ") + 2;
        int to = Math.min(row.length(), from + length);
        List<LookUp> found = sought.get(row.substring(from, to));
        if (found != null) {
          String[] columns = row.strip().split("\\s+", INODE_COLUMN + 2);
          if (columns.length > INODE_COLUMN && !columns[INODE_COLUMN].equals("0")) {
            OptionalLong uid = OptionalLong.of(Long.parseLong(columns[UID_COLUMN]));
            found.forEach(lookUp -> lookUp.uid = uid);
            sought.remove(row.substring(from, to));
          }
        }
        row = rows.readLine();
      }
    } catch (IOException | NumberFormatException _) {
      // told as unknown
    }
  }

  private static String encode(InetSocketAddress socket, boolean isIpv6) {
    byte[] address = bytes(socket.getAddress(), isIpv6);
    if (address.length == 0) {
      return "";
    }
    byte[] words = address.clone();
    boolean isLittleEndian = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    for (int word = 0; isLittleEndian && word < words.length; word += 4) {
      for (int i = 0; i < 4; i++) {
        words[word + i] = address[word + 3 - i];
      }
    }
    return HexFormat.of().withUpperCase().formatHex(words)
        + String.format(Locale.ROOT, ":%04X", socket.getPort());
  }

  /// Empty if the address has no place in the table.
  private static byte[] bytes(InetAddress address, boolean isIpv6) {
    byte[] bytes = address.getAddress();
    if (!isIpv6) {
      return address instanceof Inet4Address ? bytes : new byte[0];
    }
    if (address instanceof Inet4Address) {
      byte[] mapped = new byte[16];
      mapped[10] = (byte) 0xff;
      mapped[11] = (byte) 0xff;
      System.arraycopy(bytes, 0, mapped, 12, bytes.length);
      return mapped;
    }
    return bytes;
  }
}
