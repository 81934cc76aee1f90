package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.io.ByteNames;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What pax headers say of a member, beyond what its own header has room for. Text is bytes, each a
/// character.
final class PaxRecords {
  private static final String ATTRIBUTE = "SCHILY.xattr.";

  private final Map<String, String> byKey = new HashMap<>();

  /// Takes a header's records in.
  void add(String text) throws ArchiveException {
    parse(text, byKey);
  }

  /// Takes the records of a global header in, which may not say what is one member's.
  void addGlobal(String text) throws ArchiveException {
    Map<String, String> records = new HashMap<>();
    parse(text, records);
    for (String key : List.of("path", "linkpath", "size")) {
      if (records.containsKey(key)) {
        throw new ArchiveException("a global pax header sets " + key);
      }
    }
    byKey.putAll(records);
  }

  /// Unless it is known.
  void addIfAbsent(String key, String value) {
    byKey.putIfAbsent(key, value);
  }

  /// These, and over them those of a member.
  PaxRecords with(PaxRecords own) {
    PaxRecords all = new PaxRecords();
    all.byKey.putAll(byKey);
    all.byKey.putAll(own.byKey);
    return all;
  }

  Optional<String> text(String key) {
    return Optional.ofNullable(byKey.get(key));
  }

  /// A whole number that is not negative.
  Optional<Long> number(String key) throws ArchiveException {
    String text = byKey.get(key);
    return text == null ? Optional.empty() : Optional.of(decimal(text));
  }

  Optional<Modified> modified() throws ArchiveException {
    String text = byKey.get("mtime");
    return text == null ? Optional.empty() : Optional.of(Modified.parse(text));
  }

  /// Extended attributes.
  Map<String, byte[]> attributes() {
    Map<String, byte[]> attributes = new HashMap<>();
    byKey.forEach((key, value) -> {
      if (key.startsWith(ATTRIBUTE)) {
        attributes.put(
            key.substring(ATTRIBUTE.length()), value.getBytes(StandardCharsets.ISO_8859_1));
      }
    });
    return attributes;
  }

  /// `LENGTH KEY=VALUE\n`, the length being that of the whole record.
  private static void parse(String text, Map<String, String> into) throws ArchiveException {
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

  static ArchiveException sparse() {
    return new ArchiveException("sparse files are not read: make the tar without --sparse");
  }

  private static long decimal(String text) throws ArchiveException {
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new ArchiveException("no number in a pax header: " + ByteNames.shown(text));
    }
    return Long.parseLong(text);
  }

  /// A time of a pax header, such as `1350244992.023960108`.
  record Modified(long seconds, int nanos) {
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
}
