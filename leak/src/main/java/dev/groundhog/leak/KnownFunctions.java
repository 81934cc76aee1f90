package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.StackCounts;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;

/// The functions that a target has, as far as it tells: a check for a function that does not exist
/// can never fail, which is worse than no check. Immutable.
///
/// A JVM tells its loaded classes and its symbols, not which method is in which class: a name is
/// known if its class is and its method is a symbol. So a method that only another class has is
/// taken as known, and one of a class that is not loaded yet as unknown. A Go program tells all its
/// functions.
public final class KnownFunctions {
  /// What a target tells of one pattern.
  ///
  /// @param nearest the existing name that was probably meant
  public record Told(boolean known, Optional<String> nearest) {}

  private final Set<String> listed;
  private final Optional<JvmNames> jvm;
  private final Optional<Function<FunctionPattern, Optional<Told>>> teller;
  private final boolean isComplete;

  private KnownFunctions(Set<String> listed, Optional<JvmNames> jvm, boolean isComplete) {
    this(listed, jvm, Optional.empty(), isComplete);
  }

  private KnownFunctions(
      Set<String> listed,
      Optional<JvmNames> jvm,
      Optional<Function<FunctionPattern, Optional<Told>>> teller,
      boolean isComplete) {
    this.listed = listed;
    this.jvm = jvm;
    this.teller = teller;
    this.isComplete = isComplete;
  }

  /// What a target tells when it is asked for one pattern after the other, empty where it cannot
  /// tell, and the functions in `dump`. It is asked once for each.
  public static KnownFunctions asked(Function<FunctionPattern, Optional<Told>> teller, Dump dump) {
    Map<String, Optional<Told>> told = new ConcurrentHashMap<>();
    return new KnownFunctions(
        functions(dump),
        Optional.empty(),
        Optional.of(
            pattern -> told.computeIfAbsent(pattern.toString(), _ -> teller.apply(pattern))),
        true);
  }

  /// What can be said where a target tells nothing: the functions on the stacks of `dump`.
  public static KnownFunctions seenIn(Dump dump) {
    return new KnownFunctions(functions(dump), Optional.empty(), false);
  }

  /// As [#seenIn(Dump)], of threads that were only counted.
  public static KnownFunctions seenIn(StackCounts counts) {
    return new KnownFunctions(functions(counts), Optional.empty(), false);
  }

  /// What a JVM tells: the names of its classes, all its symbols, and the functions in `dump`.
  public static KnownFunctions ofJvm(
      Collection<String> classes, Collection<String> symbols, Dump dump) {
    return new KnownFunctions(functions(dump), Optional.of(new JvmNames(classes, symbols)), true);
  }

  /// As [#ofJvm(Collection, Collection, Dump)], of threads that were only counted.
  public static KnownFunctions ofJvm(
      Collection<String> classes, Collection<String> symbols, StackCounts counts) {
    return new KnownFunctions(functions(counts), Optional.of(new JvmNames(classes, symbols)), true);
  }

  /// Which of `classes`, the loaded ones of a JVM, must be looked into for their methods to tell
  /// whether it has a function that `pattern`, a plain name, means, or nearly means; with dots
  /// where a class is nested.
  public static Set<String> classesFor(FunctionPattern pattern, Collection<String> classes) {
    return new JvmNames(classes, Set.of()).classesFor(pattern.name());
  }

  /// What a Go program tells: the names of all its functions, and those in `dump`.
  public static KnownFunctions ofGo(Collection<String> functions, Dump dump) {
    Set<String> all = functions(dump);
    all.addAll(functions);
    return new KnownFunctions(all, Optional.empty(), true);
  }

  /// Whether `pattern`, if it is not known, is truly unknown, and not merely on no stack at this
  /// moment.
  public boolean isComplete(FunctionPattern pattern) {
    return teller.map(t -> t.apply(pattern).isPresent()).orElse(isComplete);
  }

  /// Whether the target has a function that `pattern` means. Of a JVM that is said of a regular
  /// expression only where it does not take too long to find out; else it is taken as known.
  public boolean knows(FunctionPattern pattern) {
    return listed.stream().anyMatch(pattern::matches)
        || jvm.filter(names -> names.knows(pattern)).isPresent()
        || teller.flatMap(t -> t.apply(pattern)).filter(Told::known).isPresent();
  }

  /// The existing name that is nearest to an unknown one, if one is near enough to be what was
  /// meant.
  public Optional<String> nearest(FunctionPattern pattern) {
    if (!pattern.isName()) {
      return Optional.empty();
    }
    String name = pattern.name();
    return nearestListed(name)
        .or(() -> jvm.flatMap(names -> names.nearest(name)))
        .or(() -> teller.flatMap(t -> t.apply(pattern)).flatMap(Told::nearest));
  }

  /// Compares as many parts as the name has, so that `Server.exce` finds `dev.acme.Server.exec`,
  /// and `api.Server.exce` finds `github.com/acme/api.(*Server).exec`.
  private Optional<String> nearestListed(String name) {
    int parts = (int) name.chars().filter(c -> c == '.' || c == '/').count() + 1;
    Set<String> tails = new HashSet<>();
    for (String function : listed) {
      tails.add(lastParts(FunctionPattern.normalized(function), parts));
    }
    return NearNames.among(tails, name);
  }

  private static Set<String> functions(Dump dump) {
    // A dump holds equal stacks once.
    Set<CallStack> stacks = Collections.newSetFromMap(new IdentityHashMap<>());
    dump.forEach(thread -> stacks.add(thread.stack()));
    return functions(stacks.stream());
  }

  private static Set<String> functions(StackCounts counts) {
    return functions(counts.groups().stream().map(StackCounts.Group::stack));
  }

  private static Set<String> functions(Stream<CallStack> stacks) {
    Set<String> functions = new HashSet<>();
    stacks.forEach(stack -> stack.frames().forEach(frame -> functions.add(frame.function())));
    return functions;
  }

  private static String lastParts(String name, int parts) {
    int start = name.length();
    for (int i = 0; i < parts && start >= 0; i++) {
      start = Math.max(name.lastIndexOf('.', start - 1), name.lastIndexOf('/', start - 1));
    }
    return name.substring(start + 1);
  }
}
