package dev.groundhog.pouch;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// How a daemon is to run.
///
/// @param sockets unix sockets to listen on
/// @param addresses TCP addresses to listen on, loopback only; port 0 is any
/// @param dataRoot where containers are kept
/// @param runtime `runc`, `process`, or the path of a program that is called as runc is; empty for
///   runc as root, and else for plain processes
/// @param cancelOnDisconnect whether a handler ends when its client leaves; else it is only noted
/// @param debugAddress where `/debug/pprof/` is served in addition
public record PouchOptions(
    List<Path> sockets,
    List<InetSocketAddress> addresses,
    Path dataRoot,
    Optional<String> runtime,
    boolean cancelOnDisconnect,
    Optional<InetSocketAddress> debugAddress) {

  public PouchOptions {
    sockets = List.copyOf(sockets);
    addresses = List.copyOf(addresses);
    if (sockets.isEmpty() && addresses.isEmpty()) {
      throw new IllegalArgumentException("nowhere to listen");
    }
    for (InetSocketAddress address : addresses) {
      if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
        throw new IllegalArgumentException("only loopback addresses are listened on: " + address);
      }
    }
  }
}
