package dev.groundhog.pouch.internal.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads a tar from front to end: v7, ustar, GNU's long names and pax. What it can't read without
/// guessing is refused. For one thread.
final class TarReader {
  private final InputStream in;
  private final Budget budget;
  private final TarHeader header = new TarHeader();
  private final PaxRecords global = new PaxRecords();
  private final Content content = new Content();

  private long position;
  private long globalBytes;
  private boolean endMark;

  TarReader(InputStream in, Budget budget) {
    this.in = in;
    this.budget = budget;
  }

  /// The next member; empty at the end. What was not read of the last one's content is skipped.
  Optional<TarEntry> next() throws IOException {
    content.skipRest();
    PaxRecords own = new PaxRecords();
    boolean isExtended = false;
    int ownBytes = 0;
    boolean isHeader = true;
    while (isHeader) {
      if (!readBlock()) {
        if (isExtended) {
          throw new ArchiveException("the tar ends behind a header that belongs to a member");
        }
        return Optional.empty();
      }
      budget.takeEntry();
      char letter = header.letter();
      isHeader =
          switch (letter) {
            case 'L', 'K', 'x' -> {
              ownBytes += extend(letter, own, budget.limits().headerBytes() - ownBytes);
              isExtended = true;
              yield true;
            }
            case 'g' -> {
              extendAll();
              yield true;
            }
            default -> false;
          };
    }
    TarEntry entry = entry(own);
    content.begin(entry.size());
    return Optional.of(entry);
  }

  /// The content of the last member.
  InputStream content() {
    return content;
  }

  /// How many bytes were read before the content of the last member.
  long position() {
    return position;
  }

  /// Whether the end was said to be one, and not only where the bytes end.
  boolean hasEndMark() {
    return endMark;
  }

  /// @return false at the end
  private boolean readBlock() throws IOException {
    if (!readWhole()) {
      return false;
    }
    if (header.isZero()) {
      endMark = true;
      if (readWhole() && !header.isZero()) {
        throw new ArchiveException("the tar goes on behind its end");
      }
      return false;
    }
    header.verifyChecksum();
    return true;
  }

  private boolean readWhole() throws IOException {
    int count = header.read(in);
    position += count;
    if (count != 0 && count != TarHeader.BLOCK) {
      throw truncated();
    }
    return count != 0;
  }

  private static ArchiveException truncated() {
    return new ArchiveException("the tar is cut off, or no tar at all");
  }

  /// Reads a header for the next member: a long name of GNU's, or pax records.
  private int extend(char letter, PaxRecords own, int maxBytes) throws IOException {
    String text = headerContent(maxBytes);
    if (letter == 'x') {
      own.add(text);
    } else {
      int end = text.indexOf('\0');
      own.addIfAbsent(letter == 'L' ? "path" : "linkpath", end < 0 ? text : text.substring(0, end));
    }
    return text.length();
  }

  private void extendAll() throws IOException {
    String text = headerContent((int) (budget.limits().headerBytes() - globalBytes));
    globalBytes += text.length();
    global.addGlobal(text);
  }

  private String headerContent(int maxBytes) throws IOException {
    long size = header.size();
    if (size > maxBytes) {
      throw new ArchiveException(
          "the headers of one member have more than " + budget.limits().headerBytes() + " bytes");
    }
    content.begin(size);
    String text = new String(content.readNBytes((int) size), StandardCharsets.ISO_8859_1);
    content.skipRest();
    return text;
  }

  private TarEntry entry(PaxRecords own) throws ArchiveException {
    PaxRecords pax = global.with(own);
    String name = pax.text("path").orElseGet(header::name);
    TarEntry.Type type = header.type(name);
    Optional<Long> user = pax.number("uid");
    Optional<Long> group = pax.number("gid");
    Optional<PaxRecords.Modified> modified = pax.modified();
    return new TarEntry(
        type,
        TarPath.parts(name, budget.limits()),
        checkedLink(type, pax.text("linkpath").orElseGet(header::link)),
        size(type, pax),
        header.mode(),
        id("uid", user.isPresent() ? user.get() : header.user()),
        id("gid", group.isPresent() ? group.get() : header.group()),
        modified.isPresent() ? modified.get().seconds() : header.modified(),
        modified.isPresent() ? modified.get().nanos() : 0,
        pax.attributes());
  }

  private String checkedLink(TarEntry.Type type, String link) throws ArchiveException {
    boolean isLink = type == TarEntry.Type.HARD_LINK || type == TarEntry.Type.SYMBOLIC_LINK;
    if (!isLink) {
      return "";
    }
    if (link.isEmpty() || link.indexOf('\0') >= 0 || link.length() > budget.limits().nameBytes()) {
      throw new ArchiveException("a link without a target, or with one that is no path");
    }
    return link;
  }

  private long size(TarEntry.Type type, PaxRecords pax) throws ArchiveException {
    Optional<Long> known = pax.number("size");
    long size = known.isPresent() ? known.get() : header.size();
    return switch (type) {
      case FILE -> size;
      case FOLDER -> 0; // some say how much is in it
      case SYMBOLIC_LINK, HARD_LINK, DEVICE, FIFO -> {
        if (size != 0) {
          throw new ArchiveException("a member has content, and is of a type that has none");
        }
        yield 0;
      }
    };
  }

  private static int id(String what, long id) throws ArchiveException {
    if (id >= 0xffff_ffffL) {
      throw new ArchiveException("no " + what + ": " + id);
    }
    return (int) id;
  }

  /// The content of one member, padded to whole blocks.
  private final class Content extends InputStream {
    private long left;
    private int padding;

    void begin(long size) throws ArchiveException {
      if (size > budget.limits().archiveBytes() && size > budget.limits().unpackedBytes()) {
        throw new ArchiveException("a member is said to have " + size + " bytes");
      }
      left = size;
      padding = (int) (-size & (TarHeader.BLOCK - 1));
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      if (left == 0) {
        return length == 0 ? 0 : -1;
      }
      int count = in.read(bytes, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw truncated();
      }
      left -= count;
      position += count;
      return count;
    }

    void skipRest() throws IOException {
      long rest = left + padding;
      left = 0;
      padding = 0;
      position += rest;
      while (rest > 0) {
        long skipped = in.skip(rest);
        if (skipped == 0) {
          if (in.read() < 0) {
            throw truncated();
          }
          skipped = 1;
        }
        rest -= skipped;
      }
    }
  }
}
