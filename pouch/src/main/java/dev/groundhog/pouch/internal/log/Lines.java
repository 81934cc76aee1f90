package dev.groundhog.pouch.internal.log;

/// Where raw output is cut into lines and parts.
final class Lines {
  /// Docker's and Pouch's: a longer line is kept in parts.
  static final int PART_BYTES = 16 << 10;

  private Lines() {}

  /// @return the index of the first line end in `text[from, to)`, or -1
  static int end(byte[] text, int from, int to) {
    for (int at = from; at < to; at++) {
      if (text[at] == '\n') {
        return at;
      }
    }
    return -1;
  }

  /// Where a part that begins at `from` ends: after 16 KiB, or as few bytes before that no
  /// character is torn. Docker tears it, and both halves become U+FFFD.
  static int partEnd(byte[] text, int from) {
    int end = from + PART_BYTES;
    for (int lead = end - 1; lead >= end - 3; lead--) {
      if ((text[lead] & 0xc0) != 0x80) {
        return lead + leadBytes(text[lead]) > end ? lead : end;
      }
    }
    return end;
  }

  private static int leadBytes(byte lead) {
    int c = lead & 0xff;
    return c < 0xc2 || c > 0xf4 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
  }

  /// The bytes of the character at `at`, of `text[, to)`; 1 if it is none, as Go counts.
  static int runeBytes(byte[] text, int at, int to) {
    int bytes = leadBytes(text[at]);
    if (bytes == 1 || at + bytes > to) {
      return 1;
    }
    int lead = text[at] & 0xff;
    int second = text[at + 1] & 0xff;
    int lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (second < lowest || second > highest) {
      return 1;
    }
    for (int i = 2; i < bytes; i++) {
      if ((text[at + i] & 0xc0) != 0x80) {
        return 1;
      }
    }
    return bytes;
  }
}
