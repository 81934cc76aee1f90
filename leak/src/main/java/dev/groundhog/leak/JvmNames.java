package dev.groundhog.leak;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The names that a JVM tells: its loaded classes, and its symbols, among which are the names of
/// all methods of these classes. It does not tell which method is in which class.
final class JvmNames {
  /// So many pairs of a class and a symbol are tried against a regular expression.
  private static final long MAX_PAIRS = 5_000_000;

  private final Map<String, Set<String>> classesByLastName = new HashMap<>();
  private final Set<String> classes = new HashSet<>();
  private final Set<String> symbols;
  private final Set<String> dottedSymbols = new HashSet<>();

  JvmNames(Collection<String> classes, Collection<String> symbols) {
    for (String name : classes) {
      String dotted = FunctionPattern.normalized(name);
      this.classes.add(name);
      classesByLastName.computeIfAbsent(lastPart(dotted), _ -> new HashSet<>()).add(dotted);
    }
    this.symbols = Set.copyOf(symbols);
    symbols.forEach(symbol -> dottedSymbols.add(FunctionPattern.normalized(symbol)));
  }

  /// The classes whose last name is a part of `name` but its last, or the one that is nearest to
  /// such a part: whose methods tell whether `name` is known, and which was meant if it is not.
  Set<String> classesFor(String name) {
    Set<String> found = new HashSet<>();
    String[] parts = name.split("\\.", -1);
    for (String part : List.of(parts).subList(0, parts.length - 1)) {
      Optional<String> last =
          classesByLastName.containsKey(part)
              ? Optional.of(part)
              : NearNames.slip(classesByLastName.keySet(), part, this::isOfProgram);
      last.ifPresent(known -> found.addAll(classesByLastName.getOrDefault(known, Set.of())));
    }
    return found;
  }

  /// Whether a class and a symbol may make up a function that is meant.
  boolean knows(FunctionPattern pattern) {
    if (pattern.regex().isPresent()) {
      return mayMatch(pattern.regex().get());
    }
    return pattern
        .prefix()
        .map(prefix ->
            classes.stream()
                .anyMatch(c -> (FunctionPattern.normalized(c) + ".").startsWith(prefix)))
        .orElseGet(() -> knowsName(pattern.name()));
  }

  /// A method may have dots of its own, since `lambda$main$0` is written so.
  private boolean knowsName(String name) {
    for (int dot = name.lastIndexOf('.'); dot >= 0; dot = name.lastIndexOf('.', dot - 1)) {
      if (dottedSymbols.contains(name.substring(dot + 1)) && knowsClass(name.substring(0, dot))) {
        return true;
      }
    }
    return dottedSymbols.contains(name);
  }

  private boolean knowsClass(String owner) {
    return classesByLastName.getOrDefault(lastPart(owner), Set.of()).stream()
        .anyMatch(full -> full.equals(owner) || full.endsWith("." + owner));
  }

  /// A match lies in the class, in the method, or goes over the dot between them. The last begins
  /// in a class and reads on behind its end, so that only such classes are tried with every symbol.
  private boolean mayMatch(Pattern regex) {
    if (symbols.stream().anyMatch(symbol -> regex.matcher("." + symbol).find())) {
      return true;
    }
    Set<String> readBeyond = new HashSet<>();
    for (String name : classes) {
      Matcher matcher = regex.matcher(name + ".");
      if (matcher.find()) {
        return true;
      }
      if (readsBeyond(matcher, name.length() + 1)) {
        readBeyond.add(name);
      }
    }
    if ((long) readBeyond.size() * symbols.size() > MAX_PAIRS) {
      return true;
    }
    return readBeyond.stream()
        .anyMatch(
            name -> symbols.stream().anyMatch(symbol -> regex.matcher(name + "." + symbol).find()));
  }

  /// Whether more behind the end could make the expression match from some start on.
  @SuppressWarnings("JdkObsolete") // hitEnd() tells exactly this
  private static boolean readsBeyond(Matcher matcher, int length) {
    matcher.useAnchoringBounds(false).useTransparentBounds(true);
    for (int start = 0; start < length; start++) {
      matcher.region(start, length);
      if (matcher.lookingAt() || matcher.hitEnd()) {
        return true;
      }
    }
    return false;
  }

  /// The name that was probably meant. Names of the program are taken before those of the JDK.
  Optional<String> nearest(String name) {
    String method = lastPart(name);
    String owner = name.substring(0, Math.max(0, name.lastIndexOf('.')));
    Optional<String> knownMethod =
        symbols.contains(method)
            ? Optional.of(method)
            : NearNames.slip(
                symbols.stream().filter(JvmNames::isLikeMethod).toList(), method, _ -> true);
    return knownMethod.flatMap(m -> nearestClass(owner).map(o -> o.isEmpty() ? m : o + "." + m));
  }

  /// A class that is known as it is written, one of the same name in another package, or one whose
  /// last name is near.
  private Optional<String> nearestClass(String owner) {
    if (owner.isEmpty() || knowsClass(owner)) {
      return Optional.of(owner);
    }
    String last = lastPart(owner);
    Optional<String> known =
        classesByLastName.containsKey(last)
            ? Optional.of(last)
            : NearNames.slip(classesByLastName.keySet(), last, this::isOfProgram);
    if (owner.equals(last)) {
      return known;
    }
    return known.flatMap(near ->
        classesByLastName.getOrDefault(near, Set.of()).stream()
            .min(
                Comparator.comparingInt((String full) -> NearNames.distance(full, owner))
                    .thenComparing(Comparator.naturalOrder())));
  }

  private boolean isOfProgram(String lastName) {
    return classesByLastName.getOrDefault(lastName, Set.of()).stream()
        .anyMatch(full -> !Origin.isJdk(full));
  }

  /// Symbols are all words of a class file, types and constants too.
  private static boolean isLikeMethod(String name) {
    return List.of("<init>", "<clinit>").contains(name)
        || (name.chars().allMatch(Character::isJavaIdentifierPart)
            && name.chars().anyMatch(Character::isLowerCase));
  }

  private static String lastPart(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
