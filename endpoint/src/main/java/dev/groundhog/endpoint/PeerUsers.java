package dev.groundhog.endpoint;

import java.net.InetSocketAddress;
import java.util.OptionalLong;

/// Which user is at the other end of a connection on this machine.
interface PeerUsers {
  /// Whether users can be told apart here at all.
  boolean canTell();

  /// The user of this process, or empty where it cannot be read.
  OptionalLong own();

  /// The user of the socket at `peer` that is connected to our address `local`; empty if it cannot
  /// be read, or if no process holds that socket any more.
  OptionalLong ofPeer(InetSocketAddress peer, InetSocketAddress local);
}
