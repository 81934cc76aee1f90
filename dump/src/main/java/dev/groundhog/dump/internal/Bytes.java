package dev.groundhog.dump.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Looks at ranges of bytes, eight at a time.
public final class Bytes {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long LOW_BITS = 0x7f7f7f7f7f7f7f7fL;
  private static final long MIX = 0x9e3779b97f4a7c15L;

  private Bytes() {}

  /// The first place of `wanted` in `bytes` between `from` and `to`, or -1.
  public static int indexOf(byte wanted, byte[] bytes, int from, int to) {
    long pattern = (wanted & 0xff) * ONES;
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      long equal = zeros((long) LONG.get(bytes, at) ^ pattern);
      if (equal != 0) {
        return at + (Long.numberOfTrailingZeros(equal) >> 3);
      }
    }
    for (; at < to; at++) {
      if (bytes[at] == wanted) {
        return at;
      }
    }
    return -1;
  }

  /// The last place of `wanted` in `bytes` between `from` and `to`, or -1.
  public static int lastIndexOf(byte wanted, byte[] bytes, int from, int to) {
    long pattern = (wanted & 0xff) * ONES;
    int end = to;
    for (; end >= from + Long.BYTES; end -= Long.BYTES) {
      long equal = zeros((long) LONG.get(bytes, end - Long.BYTES) ^ pattern);
      if (equal != 0) {
        return end - 1 - (Long.numberOfLeadingZeros(equal) >> 3);
      }
    }
    for (int at = end - 1; at >= from; at--) {
      if (bytes[at] == wanted) {
        return at;
      }
    }
    return -1;
  }

  /// The high bit of each byte of `word` that is 0, and no other bit.
  private static long zeros(long word) {
    return ~(((word & LOW_BITS) + LOW_BITS) | word | LOW_BITS);
  }

  /// A hash of the bytes between `from` and `to`, continued from `seed`.
  static int hash(int seed, byte[] bytes, int from, int to) {
    long hash = (seed ^ (to - from)) * MIX;
    int at = from;
    for (; at <= to - Long.BYTES; at += Long.BYTES) {
      hash = (hash ^ (long) LONG.get(bytes, at)) * MIX;
      hash ^= hash >>> 29;
    }
    for (; at < to; at++) {
      hash = (hash ^ bytes[at]) * MIX;
    }
    return (int) (hash >>> 32);
  }
}
