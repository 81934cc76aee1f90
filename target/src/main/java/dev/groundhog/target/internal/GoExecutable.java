package dev.groundhog.target.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// What Go's linker leaves in an ELF file: the build info, whose first part is Go's version.
///
/// At most a few hundred KiB of a file are read, whatever its size.
public final class GoExecutable {
  private static final byte[] MAGIC = "\u00ff Go buildinf:".getBytes(StandardCharsets.ISO_8859_1);
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
      Optional<Elf> elf = Elf.open(channel);
      long offset = elf.isPresent() ? elf.get().sectionOffset(".go.buildinfo") : -1;
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
}
