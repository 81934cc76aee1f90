package dev.groundhog.cli.internal;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// A table in the look of Docker's command line: each column as wide as its widest cell and three
/// spaces, and at least ten; nothing behind the last.
final class Columns {
  private static final int PADDING = 3;
  private static final int MIN_WIDTH = 10;

  private final List<List<String>> rows = new ArrayList<>();

  Columns(String... heads) {
    rows.add(List.of(heads));
  }

  /// A row of as many cells as there are heads; they are data, and neutralised.
  void row(String... cells) {
    rows.add(List.of(cells).stream().map(Text::line).toList());
  }

  void print(PrintWriter out) {
    int last = rows.getFirst().size() - 1;
    int[] widths = new int[last];
    for (List<String> row : rows) {
      for (int i = 0; i < last; i++) {
        widths[i] = Math.max(Math.max(widths[i], MIN_WIDTH), length(row.get(i)) + PADDING);
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < last; i++) {
        line.append(row.get(i)).repeat(' ', widths[i] - length(row.get(i)));
      }
      out.println(line.append(row.get(last)));
    }
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
