package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.io.BlockInputStream;
import dev.groundhog.pouch.internal.io.ByteNames;
import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The members of a saved image's tar, which lies uncompressed in a file. No name in it ever
/// becomes one of a file: members are pieces of that file.
final class ImageArchive {
  private static final int MOST_LINKS = 8;

  private final Path file;
  private final Limits limits;
  private final Map<String, Piece> pieces = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();

  private record Piece(long offset, long bytes) {}

  private ImageArchive(Path file, Limits limits) {
    this.file = file;
    this.limits = limits;
  }

  static ImageArchive read(Path file, Budget budget) throws IOException {
    ImageArchive archive = new ImageArchive(file, budget.limits());
    long length = Files.size(file);
    try (InputStream in = new BufferedInputStream(new FileInputStream(file.toFile()))) {
      TarReader tar = new TarReader(in, budget);
      Optional<TarEntry> entry = tar.next();
      while (entry.isPresent()) {
        archive.add(entry.get(), tar.position(), length);
        entry = tar.next();
      }
    }
    return archive;
  }

  private void add(TarEntry entry, long offset, long length) throws ArchiveException {
    String name = String.join("/", entry.path());
    switch (entry.type()) {
      case FOLDER -> {
        return;
      }
      case FILE -> {
        if (offset + entry.size() > length) {
          throw new ArchiveException("the tar is cut off");
        }
        refuseKnown(name);
        pieces.put(name, new Piece(offset, entry.size()));
      }
      case SYMBOLIC_LINK -> {
        refuseKnown(name);
        links.put(name, String.join("/", TarPath.follow(entry.parent(), entry.link(), limits)));
      }
      case HARD_LINK -> {
        refuseKnown(name);
        links.put(name, String.join("/", TarPath.parts(entry.link(), limits)));
      }
      case DEVICE, FIFO ->
          throw new ArchiveException("a saved image has no such member: " + entry.shown());
    }
  }

  private void refuseKnown(String name) throws ArchiveException {
    if (pieces.containsKey(name) || links.containsKey(name)) {
      throw new ArchiveException("two members of one name: " + ByteNames.shown(name));
    }
  }

  boolean has(String name) {
    return pieces.containsKey(name) || links.containsKey(name);
  }

  /// All of a small member.
  byte[] document(String name) throws IOException {
    Piece piece = piece(name);
    if (piece.bytes() > limits.metadataBytes()) {
      throw new ArchiveException(
          ByteNames.shown(name) + " has more than " + limits.metadataBytes() + " bytes");
    }
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    }
  }

  /// @throws ArchiveException if there is none of that name
  void requireMember(String name) throws ArchiveException {
    piece(name);
  }

  long bytes(String name) throws ArchiveException {
    return piece(name).bytes();
  }

  /// @param name as text, as documents have it
  InputStream open(String name) throws IOException {
    Piece piece = piece(name);
    FileInputStream in = new FileInputStream(file.toFile());
    try {
      in.skipNBytes(piece.offset());
      return new Window(in, piece.bytes());
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  private Piece piece(String name) throws ArchiveException {
    List<String> parts = TarPath.parts(ByteNames.bytes(name), limits);
    String current = String.join("/", parts);
    for (int i = 0; i < MOST_LINKS; i++) {
      Piece piece = pieces.get(current);
      if (piece != null) {
        return piece;
      }
      String next = links.get(current);
      if (next == null) {
        throw new ArchiveException("the archive has no " + ByteNames.shown(ByteNames.bytes(name)));
      }
      current = next;
    }
    throw new ArchiveException("links lead from one to the next: " + ByteNames.shown(current));
  }

  /// A piece of a file.
  private static final class Window extends BlockInputStream {
    private long left;

    Window(InputStream in, long bytes) {
      super(in);
      this.left = bytes;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return length == 0 ? 0 : -1;
      }
      int count = in.read(bytes, offset, (int) Math.min(length, left));
      left -= Math.max(0, count);
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = super.skip(Math.min(count, left));
      left -= skipped;
      return skipped;
    }

    @Override
    public int available() {
      return 0;
    }
  }
}
