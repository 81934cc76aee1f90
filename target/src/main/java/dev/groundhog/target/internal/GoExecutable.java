package dev.groundhog.target.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What Go's linker leaves in an ELF file: the build info, whose first part is Go's version.
///
/// At most a few hundred KiB of a file are read, whatever its size.
public final class GoExecutable {
  private static final byte[] MAGIC = "\u00ff Go buildinf:".getBytes(StandardCharsets.ISO_8859_1);
  private static final int MAX_SECTIONS = 4096;
  private static final int MAX_NAMES_BYTES = 1 << 18;
  private static final int MAX_VERSION_BYTES = 256;

  /// Magic, pointer size, flags, padding; the version follows since Go 1.18.
  private static final int HEADER_BYTES = 32;

  private static final int FLAGS_OFFSET = 15;
  private static final int INLINE_STRINGS = 2;

  private GoExecutable() {}

  /// The version, without "go", of the Go program in `file`; "" if it is one older than 1.18; empty
  /// if it is no Go program.
  public static Optional<String> version(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Elf elf = Elf.open(channel);
      if (elf == null) {
        return Optional.empty();
      }
      long offset = elf.sectionOffset(".go.buildinfo");
      return offset < 0 ? Optional.empty() : version(channel, offset);
    }
  }

  private static Optional<String> version(FileChannel channel, long offset) throws IOException {
    ByteBuffer info = Elf.read(channel, offset, HEADER_BYTES + 2 + MAX_VERSION_BYTES);
    if (info.remaining() < HEADER_BYTES + 2) {
      return Optional.empty();
    }
    for (int i = 0; i < MAGIC.length; i++) {
      if (info.get(i) != MAGIC[i]) {
        return Optional.empty();
      }
    }
    if ((info.get(FLAGS_OFFSET) & INLINE_STRINGS) == 0) {
      return Optional.of("");
    }
    int first = info.get(HEADER_BYTES) & 0xff;
    int start = first < 0x80 ? HEADER_BYTES + 1 : HEADER_BYTES + 2;
    int length = first < 0x80 ? first : (first & 0x7f) | ((info.get(HEADER_BYTES + 1) & 0x7f) << 7);
    byte[] text = new byte[Math.min(length, info.limit() - start)];
    info.get(start, text);
    String version = new String(text, StandardCharsets.UTF_8);
    return Optional.of(version.startsWith("go") ? version.substring(2) : version);
  }

  /// The section table of an ELF file, of either width, little-endian.
  private record Elf(
      FileChannel channel, boolean wide, long sections, int entryBytes, int count, int names) {
    private static final int HEADER = 64;

    static @Nullable Elf open(FileChannel channel) throws IOException {
      ByteBuffer header = read(channel, 0, HEADER);
      if (header.remaining() < HEADER || header.getInt(0) != 0x464c457f || header.get(5) != 1) {
        return null;
      }
      boolean wide = header.get(4) == 2;
      int tail = wide ? 0x3a : 0x2e;
      int entryBytes = header.getShort(tail) & 0xffff;
      int count = header.getShort(tail + 2) & 0xffff;
      int names = header.getShort(tail + 4) & 0xffff;
      long sections = wide ? header.getLong(0x28) : header.getInt(0x20) & 0xffffffffL;
      if (entryBytes < (wide ? 64 : 40)
          || entryBytes > 256
          || count > MAX_SECTIONS
          || names >= count) {
        return null;
      }
      return new Elf(channel, wide, sections, entryBytes, count, names);
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
}
