package dev.groundhog.pouch.internal.engine;

import java.security.SecureRandom;
import java.util.HexFormat;

/// Ids of containers and execs.
final class Ids {
  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ids() {}

  static String next() {
    byte[] bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
