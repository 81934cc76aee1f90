package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.io.ByteNames;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads a tar from front to end: v7, ustar, GNU's long names and pax. What it can't read without
/// guessing is refused. For one thread.
final class TarReader {
  private static final int BLOCK = 512;
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
  private static final String ATTRIBUTE = "SCHILY.xattr.";

  private final InputStream in;
  private final Budget budget;
  private final byte[] block = new byte[BLOCK];
  private final Map<String, String> global = new HashMap<>();
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
    Map<String, String> own = new HashMap<>();
    int ownBytes = 0;
    boolean isHeader = true;
    while (isHeader) {
      if (!readBlock()) {
        if (!own.isEmpty()) {
          throw new ArchiveException("the tar ends behind a header that belongs to a member");
        }
        return Optional.empty();
      }
      budget.takeEntry();
      char type = (char) (block[TYPE] & 0xff);
      isHeader =
          switch (type) {
            case 'L', 'K', 'x' -> {
              ownBytes += extend(type, own, budget.limits().headerBytes() - ownBytes);
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
    if (isZero()) {
      endMark = true;
      if (readWhole() && !isZero()) {
        throw new ArchiveException("the tar goes on behind its end");
      }
      return false;
    }
    verifyChecksum();
    return true;
  }

  private boolean readWhole() throws IOException {
    int count = in.readNBytes(block, 0, BLOCK);
    position += count;
    if (count != 0 && count != BLOCK) {
      throw truncated();
    }
    return count != 0;
  }

  private static ArchiveException truncated() {
    return new ArchiveException("the tar is cut off, or no tar at all");
  }

  private boolean isZero() {
    for (byte value : block) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /// Some old tars have added the bytes as signed ones.
  private void verifyChecksum() throws ArchiveException {
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

  /// Reads a header for the next member: a long name of GNU's, or pax records.
  private int extend(char type, Map<String, String> own, int maxBytes) throws IOException {
    String text = headerContent(maxBytes);
    if (type == 'x') {
      records(text, own);
    } else {
      int end = text.indexOf('\0');
      own.putIfAbsent(type == 'L' ? "path" : "linkpath", end < 0 ? text : text.substring(0, end));
    }
    own.putIfAbsent("", "");
    return text.length();
  }

  private void extendAll() throws IOException {
    String text = headerContent((int) (budget.limits().headerBytes() - globalBytes));
    globalBytes += text.length();
    Map<String, String> records = new HashMap<>();
    records(text, records);
    for (String key : List.of("path", "linkpath", "size")) {
      if (records.containsKey(key)) {
        throw new ArchiveException("a global pax header sets " + key);
      }
    }
    global.putAll(records);
  }

  private String headerContent(int maxBytes) throws IOException {
    long size = number(SIZE, NUMBER_BYTES, "size");
    if (size > maxBytes) {
      throw new ArchiveException(
          "the headers of one member have more than " + budget.limits().headerBytes() + " bytes");
    }
    content.begin(size);
    String text = new String(content.readNBytes((int) size), StandardCharsets.ISO_8859_1);
    content.skipRest();
    return text;
  }

  /// `LENGTH KEY=VALUE\n`, the length being that of the whole record.
  private static void records(String text, Map<String, String> into) throws ArchiveException {
    int start = 0;
    while (start < text.length()) {
      int space = text.indexOf(' ', start);
      if (space <= start || space - start > 10) {
        throw noRecord();
      }
      long length = decimal(text.substring(start, space));
      long end = start + length;
      if (length <= space - start + 1L
          || end > text.length()
          || text.charAt((int) end - 1) != '\n') {
        throw noRecord();
      }
      String record = text.substring(space + 1, (int) end - 1);
      int equals = record.indexOf('=');
      if (equals < 1) {
        throw noRecord();
      }
      String key = record.substring(0, equals);
      if (key.startsWith("GNU.sparse.")) {
        throw sparse();
      }
      into.put(key, record.substring(equals + 1));
      start = (int) end;
    }
  }

  private static ArchiveException noRecord() {
    return new ArchiveException("a pax header is damaged");
  }

  private static ArchiveException sparse() {
    return new ArchiveException("sparse files are not read: make the tar without --sparse");
  }

  private static long decimal(String text) throws ArchiveException {
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new ArchiveException("no number in a pax header: " + ByteNames.shown(text));
    }
    return Long.parseLong(text);
  }

  private TarEntry entry(Map<String, String> own) throws ArchiveException {
    Map<String, String> pax = new HashMap<>(global);
    pax.putAll(own);
    String name = pax.containsKey("path") ? pax.getOrDefault("path", "") : name();
    TarEntry.Type type = type(name);
    String link =
        pax.containsKey("linkpath") ? pax.getOrDefault("linkpath", "") : text(LINK, NAME_BYTES);
    Optional<Modified> modified = Optional.empty();
    if (pax.containsKey("mtime")) {
      modified = Optional.of(Modified.parse(pax.getOrDefault("mtime", "")));
    }
    return new TarEntry(
        type,
        TarPath.parts(name, budget.limits()),
        checkedLink(type, link),
        size(type, pax),
        (int) number(MODE, ID_BYTES, "mode") & MODE_BITS,
        id(pax, "uid", USER),
        id(pax, "gid", GROUP),
        modified.isPresent() ? modified.get().seconds() : signed(MODIFIED, NUMBER_BYTES, "time"),
        modified.isPresent() ? modified.get().nanos() : 0,
        attributes(pax));
  }

  private String name() throws ArchiveException {
    String name = text(NAME, NAME_BYTES);
    boolean isPosix = text(MAGIC, 6).equals("ustar") && block[MAGIC + 5] == 0;
    String prefix = isPosix ? text(PREFIX, PREFIX_BYTES) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private TarEntry.Type type(String name) throws ArchiveException {
    char type = (char) (block[TYPE] & 0xff);
    return switch (type) {
      case '0', '\0', '7' -> name.endsWith("/") ? TarEntry.Type.FOLDER : TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARD_LINK;
      case '2' -> TarEntry.Type.SYMBOLIC_LINK;
      case '3', '4' -> TarEntry.Type.DEVICE;
      case '5' -> TarEntry.Type.FOLDER;
      case '6' -> TarEntry.Type.FIFO;
      case 'S' -> throw sparse();
      default ->
          throw new ArchiveException(
              "a member of unknown type 0x"
                  + Integer.toHexString(type)
                  + ": "
                  + ByteNames.shown(name));
    };
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

  private long size(TarEntry.Type type, Map<String, String> pax) throws ArchiveException {
    long size =
        pax.containsKey("size")
            ? decimal(pax.getOrDefault("size", ""))
            : number(SIZE, NUMBER_BYTES, "size");
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

  private int id(Map<String, String> pax, String key, int offset) throws ArchiveException {
    long id =
        pax.containsKey(key) ? decimal(pax.getOrDefault(key, "")) : number(offset, ID_BYTES, key);
    if (id >= 0xffff_ffffL) {
      throw new ArchiveException("no " + key + ": " + id);
    }
    return (int) id;
  }

  private static Map<String, byte[]> attributes(Map<String, String> pax) {
    Map<String, byte[]> attributes = new HashMap<>();
    pax.forEach((key, value) -> {
      if (key.startsWith(ATTRIBUTE)) {
        attributes.put(
            key.substring(ATTRIBUTE.length()), value.getBytes(StandardCharsets.ISO_8859_1));
      }
    });
    return attributes;
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

  /// A time of a pax header, such as `1350244992.023960108`.
  private record Modified(long seconds, int nanos) {
    private static final int DIGITS = 9;

    static Modified parse(String text) throws ArchiveException {
      boolean isNegative = text.startsWith("-");
      String[] parts = (isNegative ? text.substring(1) : text).split("\\.", 2);
      long seconds = decimal(parts[0]);
      String fraction = parts.length == 1 ? "" : parts[1];
      String digits = fraction.substring(0, Math.min(DIGITS, fraction.length()));
      int nanos =
          digits.isEmpty() ? 0 : (int) decimal(digits + "0".repeat(DIGITS - digits.length()));
      if (!isNegative) {
        return new Modified(seconds, nanos);
      }
      return nanos == 0
          ? new Modified(-seconds, 0)
          : new Modified(-seconds - 1, 1_000_000_000 - nanos);
    }
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
      padding = (int) (-size & (BLOCK - 1));
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
