package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.io.ByteNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/// One header of a tar: a block with fields at fixed places. It is read again and again.
final class TarHeader {
  static final int BLOCK = 512;
  private static final int NAME = 0;
  private static final int MODE = 100;
  private static final int USER = 108;
  private static final int GROUP = 116;
  private static final int SIZE = 124;
  private static final int MODIFIED = 136;
  private static final int CHECKSUM = 148;
  private static final int TYPE = 156;
  private static final int LINK = 157;
  private static final int MAGIC = 257;
  private static final int PREFIX = 345;
  private static final int NAME_BYTES = 100;
  private static final int PREFIX_BYTES = 155;
  private static final int ID_BYTES = 8;
  private static final int NUMBER_BYTES = 12;
  private static final int MODE_BITS = 07777;

  private final byte[] block = new byte[BLOCK];

  /// @return how many bytes there were: a block, or less at the end
  int read(InputStream in) throws IOException {
    return in.readNBytes(block, 0, BLOCK);
  }

  /// Whether it is no header, but a part of the end's mark.
  boolean isZero() {
    for (byte value : block) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /// Some old tars have added the bytes as signed ones.
  void verifyChecksum() throws ArchiveException {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < BLOCK; i++) {
      boolean isField = i >= CHECKSUM && i < CHECKSUM + ID_BYTES;
      unsigned += isField ? ' ' : block[i] & 0xff;
      signed += isField ? ' ' : block[i];
    }
    String digits = text(CHECKSUM, ID_BYTES).strip();
    boolean isNumber = !digits.isEmpty() && digits.chars().allMatch(c -> c >= '0' && c <= '7');
    long wanted = isNumber ? Long.parseLong(digits, 8) : -1;
    if (!isNumber || (wanted != unsigned && wanted != signed)) {
      throw new ArchiveException("no tar, or a damaged one: a header's checksum is wrong");
    }
  }

  /// What follows: the letter of a member's type, or of a header for the next member.
  char letter() {
    return (char) (block[TYPE] & 0xff);
  }

  /// @param name of the member
  TarEntry.Type type(String name) throws ArchiveException {
    return switch (letter()) {
      case '0', '\0', '7' -> name.endsWith("/") ? TarEntry.Type.FOLDER : TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARD_LINK;
      case '2' -> TarEntry.Type.SYMBOLIC_LINK;
      case '3', '4' -> TarEntry.Type.DEVICE;
      case '5' -> TarEntry.Type.FOLDER;
      case '6' -> TarEntry.Type.FIFO;
      case 'S' -> throw PaxRecords.sparse();
      default ->
          throw new ArchiveException(
              "a member of unknown type 0x"
                  + Integer.toHexString(letter())
                  + ": "
                  + ByteNames.shown(name));
    };
  }

  String name() {
    String name = text(NAME, NAME_BYTES);
    boolean isPosix = text(MAGIC, 6).equals("ustar") && block[MAGIC + 5] == 0;
    String prefix = isPosix ? text(PREFIX, PREFIX_BYTES) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  String link() {
    return text(LINK, NAME_BYTES);
  }

  long size() throws ArchiveException {
    return number(SIZE, NUMBER_BYTES, "size");
  }

  int mode() throws ArchiveException {
    return (int) number(MODE, ID_BYTES, "mode") & MODE_BITS;
  }

  long user() throws ArchiveException {
    return number(USER, ID_BYTES, "uid");
  }

  long group() throws ArchiveException {
    return number(GROUP, ID_BYTES, "gid");
  }

  /// In seconds since 1970.
  long modified() throws ArchiveException {
    return signed(MODIFIED, NUMBER_BYTES, "time");
  }

  private String text(int offset, int length) {
    int end = offset;
    while (end < offset + length && block[end] != 0) {
      end++;
    }
    return new String(block, offset, end - offset, StandardCharsets.ISO_8859_1);
  }

  private long number(int offset, int length, String what) throws ArchiveException {
    long value = signed(offset, length, what);
    if (value < 0) {
      throw new ArchiveException("a negative " + what + " in a header");
    }
    return value;
  }

  /// Octal digits; or, as GNU writes what is too large for them, a number of base 256.
  private long signed(int offset, int length, String what) throws ArchiveException {
    if ((block[offset] & 0x80) != 0) {
      return base256(offset, length, what);
    }
    String digits = text(offset, length).strip();
    if (digits.isEmpty()) {
      return 0;
    }
    if (!digits.chars().allMatch(c -> c >= '0' && c <= '7')) {
      throw new ArchiveException("no tar, or a damaged one: no " + what + " in a header");
    }
    return Long.parseLong(digits, 8);
  }

  private long base256(int offset, int length, String what) throws ArchiveException {
    boolean isNegative = (block[offset] & 0x40) != 0;
    long value = isNegative ? -1 : 0;
    for (int i = 0; i < length; i++) {
      int digit = block[offset + i] & 0xff;
      if (i == 0) {
        digit = isNegative ? digit : digit & 0x3f;
      }
      if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
        throw new ArchiveException("the " + what + " in a header is too large");
      }
      value = (value << 8) | digit;
    }
    return value;
  }
}
