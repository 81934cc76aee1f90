package dev.groundhog.target.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The section table of an ELF file, of either width, little-endian. The file may be a stranger's:
/// at most a few hundred KiB of it are read.
record Elf(FileChannel channel, boolean wide, long sections, int entryBytes, int count, int names) {
  private static final int HEADER = 64;
  private static final int MAGIC = 0x464c457f;
  private static final int MAX_SECTIONS = 4096;
  private static final int MAX_NAMES_BYTES = 1 << 18;

  static boolean isElf(FileChannel channel) throws IOException {
    ByteBuffer header = read(channel, 0, HEADER);
    return header.remaining() == HEADER && header.getInt(0) == MAGIC && header.get(5) == 1;
  }

  /// Empty if it is no ELF file or its header makes no sense.
  static Optional<Elf> open(FileChannel channel) throws IOException {
    if (!isElf(channel)) {
      return Optional.empty();
    }
    ByteBuffer header = read(channel, 0, HEADER);
    boolean wide = header.get(4) == 2;
    int tail = wide ? 0x3a : 0x2e;
    int entryBytes = header.getShort(tail) & 0xffff;
    int count = header.getShort(tail + 2) & 0xffff;
    int names = header.getShort(tail + 4) & 0xffff;
    long sections = wide ? header.getLong(0x28) : header.getInt(0x20) & 0xffffffffL;
    boolean isSound =
        entryBytes >= (wide ? 64 : 40)
            && entryBytes <= 256
            && count <= MAX_SECTIONS
            && names < count;
    return isSound
        ? Optional.of(new Elf(channel, wide, sections, entryBytes, count, names))
        : Optional.empty();
  }

  /// Where the section starts in the file, or -1.
  long sectionOffset(String name) throws IOException {
    ByteBuffer table = read(channel, sections, entryBytes * count);
    if (table.remaining() < entryBytes * count) {
      return -1;
    }
    ByteBuffer nameTable = read(channel, offset(table, names), MAX_NAMES_BYTES);
    byte[] wanted = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    for (int index = 0; index < count; index++) {
      int at = table.getInt(index * entryBytes);
      if (at >= 0
          && at <= nameTable.limit() - wanted.length
          && nameTable.slice(at, wanted.length).equals(ByteBuffer.wrap(wanted))) {
        return offset(table, index);
      }
    }
    return -1;
  }

  private long offset(ByteBuffer table, int index) {
    int entry = index * entryBytes;
    return wide ? table.getLong(entry + 0x18) : table.getInt(entry + 0x10) & 0xffffffffL;
  }

  /// At most `bytes` bytes from `position`; fewer at the end of the file.
  static ByteBuffer read(FileChannel channel, long position, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long next = position;
    while (next >= 0 && buffer.hasRemaining()) {
      int read = channel.read(buffer, next);
      if (read < 0) {
        break;
      }
      next += read;
    }
    return buffer.flip();
  }
}
