package dev.groundhog.dump.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Sequences of lines that were seen before, as a tree: a line is known by its bytes and by the
/// lines before it, and the last one of a sequence may have a value. Full, it keeps what it has and
/// learns nothing more: what is common comes early, and to begin anew again and again would cost
/// more than is saved. Not thread-safe.
///
/// @param <V> what a sequence of lines means
public final class LineTree<V> {
  /// The node before the first line.
  public static final int ROOT = 0;

  /// No node: the tree is full.
  public static final int NONE = -1;

  /// Room for the text of a line, on average.
  private static final int BYTES_PER_LINE = 64;

  /// Text that is made to hash alike is not worth more steps.
  private static final int MAX_PROBES = 64;

  private final int maxLines;
  private byte[] text = new byte[1 << 12];
  private int[] ends = new int[1 << 7];
  private int[] parents = new int[1 << 7];
  private int[] hashes = new int[1 << 7];

  /// The child that was asked for last at each node, or 0.
  private int[] lastChildren = new int[1 << 7];

  private int[] table = new int[1 << 8];
  private final List<@Nullable V> values = new ArrayList<>();

  /// A tree of at most `maxLines` lines, and of 64 times as many bytes of text.
  public LineTree(int maxLines) {
    this.maxLines = maxLines;
    values.add(null);
  }

  /// How many of the bytes from `from` on are the line that was behind `parent` the last time; 0 if
  /// others are there. A line that ends right behind them is found without a search.
  public int expected(int parent, byte[] bytes, int from, int to) {
    int node = lastChildren[parent];
    if (node == 0) {
      return 0;
    }
    int length = ends[node] - ends[node - 1];
    return length <= to - from
            && Arrays.equals(text, ends[node - 1], ends[node], bytes, from, from + length)
        ? length
        : 0;
  }

  /// The line that [#expected] has found behind `parent`.
  public int expectedChild(int parent) {
    return lastChildren[parent];
  }

  /// The node of the line between `from` and `to` behind `parent`, which is added if it is new;
  /// [#NONE] if there is no room.
  public int child(int parent, byte[] bytes, int from, int to) {
    int node = find(parent, bytes, from, to);
    if (node != NONE) {
      lastChildren[parent] = node;
    }
    return node;
  }

  private int find(int parent, byte[] bytes, int from, int to) {
    int hash = hash(parent, bytes, from, to);
    int mask = table.length - 1;
    for (int probe = 0; probe < MAX_PROBES; probe++) {
      int slot = (hash + probe) & mask;
      int node = table[slot];
      if (node == 0) {
        return add(parent, hash, slot, bytes, from, to);
      }
      if (hashes[node] == hash
          && parents[node] == parent
          && Arrays.equals(text, ends[node - 1], ends[node], bytes, from, to)) {
        return node;
      }
    }
    return NONE;
  }

  public @Nullable V value(int node) {
    return values.get(node);
  }

  public void value(int node, V value) {
    values.set(node, value);
  }

  private static int hash(int parent, byte[] bytes, int from, int to) {
    int hash = parent;
    for (int at = from; at < to; at++) {
      hash = hash * 31 + bytes[at];
    }
    hash *= 0x9e3779b9;
    return hash ^ hash >>> 16;
  }

  private int add(int parent, int hash, int slot, byte[] bytes, int from, int to) {
    int node = values.size();
    int start = ends[node - 1];
    int end = start + to - from;
    int maxBytes = maxLines * BYTES_PER_LINE;
    if (node > maxLines || end > maxBytes) {
      return NONE;
    }
    if (end > text.length) {
      text = Arrays.copyOf(text, Math.max(end, Math.min(text.length * 2, maxBytes)));
    }
    System.arraycopy(bytes, from, text, start, to - from);
    if (node == ends.length) {
      ends = Arrays.copyOf(ends, node * 2);
      parents = Arrays.copyOf(parents, node * 2);
      hashes = Arrays.copyOf(hashes, node * 2);
      lastChildren = Arrays.copyOf(lastChildren, node * 2);
    }
    ends[node] = end;
    parents[node] = parent;
    hashes[node] = hash;
    lastChildren[node] = 0;
    values.add(null);
    table[slot] = node;
    if (node * 2 > table.length) {
      rehash();
    }
    return node;
  }

  private void rehash() {
    table = new int[table.length * 2];
    for (int node = 1; node < values.size(); node++) {
      int slot = hashes[node] & (table.length - 1);
      while (table[slot] != 0) {
        slot = (slot + 1) & (table.length - 1);
      }
      table[slot] = node;
    }
  }
}
