package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The functions that a target has, as far as it tells: a check for a function that does not exist
/// can never fail, which is worse than no check. Immutable.
///
/// A JVM tells its loaded classes and its symbols, not which method is in which class: a name is
/// known if its class is and its method is a symbol. So a method that only another class has is
/// taken as known, and one of a class that is not loaded yet as unknown. A Go program tells all its
/// functions.
public final class KnownFunctions {
  /// How much a target tells: what is on a stack at this moment, what is loaded, or all it has.
  private enum Extent {
    ON_STACKS,
    LOADED,
    ALL
  }

  /// A nearest name may differ by this many edits, and by at most a third of its length.
  private static final int MAX_DISTANCE = 3;

  private final Set<String> listed;
  private final Map<String, Set<String>> classesByLastName;
  private final Set<String> symbols;
  private final Extent extent;

  private KnownFunctions(
      Set<String> listed,
      Map<String, Set<String>> classesByLastName,
      Set<String> symbols,
      Extent extent) {
    this.listed = listed;
    this.classesByLastName = classesByLastName;
    this.symbols = symbols;
    this.extent = extent;
  }

  /// What can be said where a target tells nothing: the functions on the stacks of `dump`.
  public static KnownFunctions seenIn(Dump dump) {
    return new KnownFunctions(functions(dump), Map.of(), Set.of(), Extent.ON_STACKS);
  }

  /// What a JVM tells: the names of its classes, all its symbols, and the functions in `dump`.
  public static KnownFunctions ofJvm(
      Collection<String> classes, Collection<String> symbols, Dump dump) {
    Map<String, Set<String>> byLastName = new HashMap<>();
    for (String name : classes) {
      String normalized = FunctionPattern.normalized(name);
      byLastName.computeIfAbsent(lastPart(normalized), _ -> new HashSet<>()).add(normalized);
    }
    return new KnownFunctions(functions(dump), byLastName, Set.copyOf(symbols), Extent.LOADED);
  }

  /// What a Go program tells: the names of all its functions, and those in `dump`.
  public static KnownFunctions ofGo(Collection<String> functions, Dump dump) {
    Set<String> all = functions(dump);
    all.addAll(functions);
    return new KnownFunctions(all, Map.of(), Set.of(), Extent.ALL);
  }

  /// Whether an unknown name is truly unknown, and not merely on no stack at this moment.
  public boolean isComplete() {
    return extent != Extent.ON_STACKS;
  }

  /// Whether the target has a function that `pattern` means. Packages and regular expressions are
  /// known if a function on a stack matches, or where the target tells nothing about them.
  public boolean knows(FunctionPattern pattern) {
    if (listed.stream().anyMatch(pattern::matches)) {
      return true;
    }
    if (extent != Extent.LOADED) {
      return false;
    }
    if (!pattern.isName()) {
      return true;
    }
    String name = FunctionPattern.normalized(pattern.toString());
    String method = lastPart(name);
    if (!symbols.contains(method)) {
      return false;
    }
    String owner = withoutLastPart(name);
    return owner.isEmpty() || knowsClass(owner);
  }

  /// The existing name that is nearest to an unknown one, if one is near enough to be what was
  /// meant.
  public Optional<String> nearest(FunctionPattern pattern) {
    String name = FunctionPattern.normalized(pattern.toString());
    String method = lastPart(name);
    String owner = withoutLastPart(name);
    Optional<String> nearListed = nearestListed(name);
    if (nearListed.isPresent() || extent != Extent.LOADED) {
      return nearListed;
    }
    Optional<String> knownOwner =
        owner.isEmpty() || knowsClass(owner)
            ? Optional.of(owner)
            : closest(lastPart(owner), classesByLastName.keySet());
    Optional<String> knownMethod =
        symbols.contains(method) ? Optional.of(method) : closest(method, symbols);
    return knownOwner.flatMap(o -> knownMethod.map(m -> o.isEmpty() ? m : o + "." + m));
  }

  /// Compares as many parts as the name has, so that `Server.exce` finds `dev.acme.Server.exec`,
  /// and `api.Server.exce` finds `github.com/acme/api.(*Server).exec`.
  private Optional<String> nearestListed(String name) {
    int parts = (int) name.chars().filter(c -> c == '.' || c == '/').count() + 1;
    Set<String> tails = new HashSet<>();
    for (String function : listed) {
      tails.add(lastParts(FunctionPattern.normalized(function), parts));
    }
    return closest(name, tails);
  }

  private boolean knowsClass(String owner) {
    return classesByLastName.getOrDefault(lastPart(owner), Set.of()).stream()
        .anyMatch(full -> full.equals(owner) || full.endsWith("." + owner));
  }

  /// Of names that are equally near, one with the same letters was more likely meant.
  private static Optional<String> closest(String name, Collection<String> candidates) {
    int limit = Math.min(MAX_DISTANCE, Math.max(1, name.length() / 3));
    record Near(String name, int distance, boolean otherLetters) {}
    return candidates.stream()
        .filter(c -> Math.abs(c.length() - name.length()) <= limit && !c.isEmpty())
        .map(c -> new Near(c, distance(name, c), !letters(name).equals(letters(c))))
        .filter(near -> near.distance <= limit)
        .min(
            Comparator.comparingInt(Near::distance)
                .thenComparing(Near::otherLetters)
                .thenComparing(Near::name))
        .map(Near::name);
  }

  private static String letters(String name) {
    char[] letters = name.toCharArray();
    Arrays.sort(letters);
    return new String(letters);
  }

  /// Damerau's distance in its restricted form: insert, delete, replace, swap neighbours.
  static int distance(String a, String b) {
    int[][] rows = new int[3][b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      rows[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = rows[i % 3];
      int[] above = rows[(i + 2) % 3];
      int[] twoAbove = rows[(i + 1) % 3];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, 1 + Math.min(above[j], row[j - 1]));
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          row[j] = Math.min(row[j], twoAbove[j - 2] + 1);
        }
      }
    }
    return rows[a.length() % 3][b.length()];
  }

  private static Set<String> functions(Dump dump) {
    Set<String> functions = new HashSet<>();
    // A dump holds equal stacks once.
    Set<CallStack> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    dump.forEach(thread -> {
      if (seen.add(thread.stack())) {
        thread.stack().frames().forEach(f -> functions.add(f.function()));
      }
    });
    return functions;
  }

  private static String lastPart(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String withoutLastPart(String name) {
    return name.substring(0, Math.max(0, name.lastIndexOf('.')));
  }

  private static String lastParts(String name, int parts) {
    int start = name.length();
    for (int i = 0; i < parts && start >= 0; i++) {
      start = Math.max(name.lastIndexOf('.', start - 1), name.lastIndexOf('/', start - 1));
    }
    return name.substring(start + 1);
  }
}
