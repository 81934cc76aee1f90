package dev.groundhog.junit.internal;

import dev.groundhog.junit.internal.IgnoreUse.Ignore;
import dev.groundhog.leak.Words;
import java.util.List;

/// Ignores that expected no thread in the whole run: to be removed, or misspelt.
///
/// @param sure those of classes of which every test ran and passed
/// @param unsure those that tests may need which were not in this run: of files, and of annotations
///   that any class may have
/// @param tests how many tests there were
record UnusedIgnores(List<Ignore> sure, List<Ignore> unsure, long tests) {
  private static final int MAX_SHOWN = 20;

  UnusedIgnores {
    sure = List.copyOf(sure);
    unsure = List.copyOf(unsure);
  }

  static final UnusedIgnores NONE = new UnusedIgnores(List.of(), List.of(), 0);

  boolean areNone() {
    return sure.isEmpty() && unsure.isEmpty();
  }

  /// Those of which it is sure, and no others.
  UnusedIgnores onlySure() {
    return new UnusedIgnores(sure, List.of(), tests);
  }

  /// For people, with one line for each.
  String text() {
    StringBuilder text = new StringBuilder();
    if (!sure.isEmpty()) {
      text.append("leak check: ").append(counted(sure));
      text.append(" no thread in this run: remove what is not needed, or mend what is misspelt");
      append(text, sure);
    }
    if (!unsure.isEmpty()) {
      text.append(text.isEmpty() ? "" : "\n").append("leak check: ").append(counted(unsure));
      text.append(" no thread in ")
          .append(tests == 1 ? "this 1 test" : "these " + tests + " tests");
      text.append(", though others may need them");
      append(text, unsure);
    }
    return text.toString();
  }

  private static String counted(List<Ignore> ignores) {
    return ignores.size() == 1 ? "1 ignore matched" : ignores.size() + " ignores matched";
  }

  private static void append(StringBuilder text, List<Ignore> ignores) {
    ignores.stream()
        .limit(MAX_SHOWN)
        .forEach(each ->
            text.append("\n  ")
                .append(Words.line(each.text()))
                .append("  (")
                .append(Words.line(each.place()))
                .append(')'));
    if (ignores.size() > MAX_SHOWN) {
      text.append("\n  and ").append(ignores.size() - MAX_SHOWN).append(" more");
    }
  }
}
