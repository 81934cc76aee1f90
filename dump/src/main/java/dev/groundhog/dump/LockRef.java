package dev.groundhog.dump;

import java.util.Comparator;

/// An object that threads wait for or hold. Ordered by type, then by identity.
///
/// @param type its class, `java.util.concurrent.CountDownLatch$Sync`
/// @param identity its address or identity hash as the dump writes it, without `0x`; empty if not
///   told
public record LockRef(String type, String identity) implements Comparable<LockRef> {
  private static final Comparator<LockRef> ORDER =
      Comparator.comparing(LockRef::type).thenComparing(LockRef::identity);

  @Override
  public int compareTo(LockRef other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return identity.isEmpty() ? type : type + "@" + identity;
  }
}
