package dev.groundhog.target.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The names of all functions and source files of a Go program, inlined functions included, from
/// its `pclntab`: the runtime needs that table for tracebacks, so stripped programs have it too.
///
/// The table begins with a magic number, two zeros, the size of an instruction's step, and the size
/// of a pointer; then words of that size (Go's `runtime/symtab.go` and `debug/gosym`): the number
/// of functions and of files, from Go 1.18 on the start of the text, and the offsets from the
/// table's start of function names, compilation units, file names, pc tables and functions. Names
/// end with a zero. It is a section of its own, unless the C linker made a position-independent
/// program or the sections were removed: then its magic is searched for.
///
/// Limits: little-endian ELF files of Go 1.16 and newer (the layout before has no table of names
/// alone). The first GiB is searched, names of more than 64 MiB are not read, and a file with many
/// places that look like the table is given up. Type arguments are written `[...]`, as in
/// tracebacks.
///
/// @param functions full names, `net/http.(*conn).serve`
/// @param files paths as tracebacks print them
record GoSymbols(Set<String> functions, Set<String> files) {
  private static final List<String> SECTIONS = List.of(".gopclntab", ".data.rel.ro.gopclntab");
  private static final int MAGIC_1_16 = 0xfffffffa;
  private static final int MAGIC_1_18 = 0xfffffff0;
  private static final int MAGIC_1_20 = 0xfffffff1;

  /// The first words: magic and sizes, then up to eight words of eight bytes.
  private static final int HEADER_BYTES = 8 + 8 * 8;

  private static final int WINDOW_BYTES = 1 << 20;
  private static final long MAX_SEARCHED_BYTES = 1L << 30;
  private static final long MAX_TABLE_BYTES = 1L << 26;
  private static final int MAX_NAMES = 2_000_000;

  /// Each function has at least two words of this size, its address and its place in the table.
  private static final int FUNCTION_BYTES = 2 * 4;

  /// Every program has it; its absence means that this is something else, or a part of a program.
  private static final String ALWAYS_THERE = "runtime.main";

  /// Where the tables of names are in the file.
  private record Place(long names, long namesEnd, long files, long filesEnd) {
    long bytes() {
      return namesEnd - names + filesEnd - files;
    }
  }

  /// What one file may cost: a program has one table, but a stranger's may have a thousand that
  /// look like it.
  private static final class Budget {
    private int places = 8;
    private long bytes = 1L << 28;

    /// Whether there is enough left to read the names at `place`, which takes them.
    boolean take(Place place) {
      places--;
      bytes -= place.bytes();
      return !isSpent();
    }

    boolean isSpent() {
      return places < 0 || bytes < 0;
    }
  }

  /// Empty if `program` is no Go program, is damaged, or cannot be read.
  static Optional<GoSymbols> of(Path program) {
    try (FileChannel channel = FileChannel.open(program, StandardOpenOption.READ)) {
      Optional<Elf> elf = Elf.open(channel);
      Budget budget = new Budget();
      for (String section : SECTIONS) {
        long offset = elf.isPresent() ? elf.get().sectionOffset(section) : -1;
        if (offset >= 0) {
          ByteBuffer header = Elf.read(channel, offset, HEADER_BYTES);
          Optional<GoSymbols> found = at(channel, offset, header, budget);
          if (found.isPresent()) {
            return found;
          }
        }
      }
      return Elf.isElf(channel) ? search(channel, budget) : Optional.empty();
    } catch (IOException | UnsupportedOperationException _) {
      return Optional.empty();
    }
  }

  private static Optional<GoSymbols> search(FileChannel channel, Budget budget) throws IOException {
    long end = Math.min(channel.size(), MAX_SEARCHED_BYTES);
    for (long start = 0; start < end; start += WINDOW_BYTES) {
      // The linker aligns the table, so that its magic lies in one window; its header may not.
      ByteBuffer window = Elf.read(channel, start, WINDOW_BYTES + HEADER_BYTES);
      for (int i = 0; i < WINDOW_BYTES && i + HEADER_BYTES <= window.limit(); i += Integer.BYTES) {
        if (isMagic(window.getInt(i))) {
          ByteBuffer header = window.slice(i, HEADER_BYTES).order(window.order());
          Optional<GoSymbols> found = at(channel, start + i, header, budget);
          if (found.isPresent() || budget.isSpent()) {
            return found;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<GoSymbols> at(
      FileChannel channel, long offset, ByteBuffer header, Budget budget) throws IOException {
    Optional<Place> place = place(header, offset, channel.size());
    if (place.isEmpty() || !budget.take(place.get())) {
      return Optional.empty();
    }
    Place tables = place.get();
    Optional<Set<String>> functions = strings(channel, tables.names, tables.namesEnd);
    Optional<Set<String>> files = strings(channel, tables.files, tables.filesEnd);
    if (functions.isEmpty() || files.isEmpty() || !functions.get().contains(ALWAYS_THERE)) {
      return Optional.empty();
    }
    Set<String> printed = new HashSet<>();
    functions.get().forEach(name -> printed.add(asPrinted(name)));
    return Optional.of(new GoSymbols(printed, files.get()));
  }

  private static Optional<Place> place(ByteBuffer header, long offset, long fileBytes) {
    if (header.remaining() < HEADER_BYTES || !isMagic(header.getInt(0))) {
      return Optional.empty();
    }
    int pointerBytes = header.get(7);
    boolean isSound =
        header.getShort(4) == 0
            && List.of(1, 2, 4).contains((int) header.get(6))
            && (pointerBytes == 4 || pointerBytes == 8);
    if (!isSound) {
      return Optional.empty();
    }
    int first = header.getInt(0) == MAGIC_1_16 ? 2 : 3;
    long names = word(header, first, pointerBytes);
    long namesEnd = word(header, first + 1, pointerBytes);
    long files = word(header, first + 2, pointerBytes);
    long filesEnd = word(header, first + 3, pointerBytes);
    long count = word(header, 0, pointerBytes);
    long functions = word(header, first + 4, pointerBytes);
    long limit = fileBytes - offset;
    boolean isInOrder =
        names > 0
            && names < namesEnd
            && namesEnd <= files
            && files <= filesEnd
            && filesEnd <= functions
            && functions <= limit;
    boolean hasRoom =
        isInOrder
            && count > 0
            && count <= (limit - functions) / FUNCTION_BYTES
            && count <= MAX_NAMES;
    if (!hasRoom) {
      return Optional.empty();
    }
    Place place = new Place(offset + names, offset + namesEnd, offset + files, offset + filesEnd);
    return place.bytes() <= MAX_TABLE_BYTES ? Optional.of(place) : Optional.empty();
  }

  private static boolean isMagic(int word) {
    return word == MAGIC_1_16 || word == MAGIC_1_18 || word == MAGIC_1_20;
  }

  private static long word(ByteBuffer header, int index, int pointerBytes) {
    return pointerBytes == 8
        ? header.getLong(8 + index * 8)
        : header.getInt(8 + index * 4) & 0xffffffffL;
  }

  /// The strings between two offsets; empty if there are too many, or one is longer than a window.
  private static Optional<Set<String>> strings(FileChannel channel, long from, long to)
      throws IOException {
    Set<String> strings = new HashSet<>();
    int read = 0;
    long next = from;
    while (next < to) {
      ByteBuffer window = Elf.read(channel, next, (int) Math.min(WINDOW_BYTES, to - next));
      int start = 0;
      for (int i = 0; i < window.limit(); i++) {
        if (window.get(i) != 0) {
          continue;
        } else if (++read > MAX_NAMES) {
          return Optional.empty();
        }
        byte[] text = new byte[i - start];
        window.get(start, text);
        strings.add(new String(text, StandardCharsets.UTF_8));
        start = i + 1;
      }
      if (start == 0) {
        return Optional.empty();
      }
      next += start;
    }
    return Optional.of(strings);
  }

  /// `main.(*Cache[go.shape.int]).get` is printed `main.(*Cache[...]).get`, whatever is between the
  /// first bracket and the last.
  static String asPrinted(String function) {
    int open = function.indexOf('[');
    int close = function.lastIndexOf(']');
    return open < 0 || close < open
        ? function
        : function.substring(0, open) + "[...]" + function.substring(close + 1);
  }
}
