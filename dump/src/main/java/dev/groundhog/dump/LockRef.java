package dev.groundhog.dump;

/// An object that threads wait for or hold.
///
/// @param type its class, `java.util.concurrent.CountDownLatch$Sync`
/// @param identity its address or identity hash as the dump writes it, without `0x`; empty if not
///   told
public record LockRef(String type, String identity) {
  @Override
  public String toString() {
    return identity.isEmpty() ? type : type + "@" + identity;
  }
}
