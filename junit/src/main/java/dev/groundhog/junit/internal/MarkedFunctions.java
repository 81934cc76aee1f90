package dev.groundhog.junit.internal;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.mark.LeakProneIndex;
import java.lang.System.Logger.Level;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which functions are marked `@LeakProne`, as the class loader of a test shows them. Read once for
/// each loader; safe to share.
final class MarkedFunctions {
  private static final System.Logger LOG = System.getLogger(MarkedFunctions.class.getName());

  private static final Map<ClassLoader, Map<String, String>> BY_LOADER =
      Collections.synchronizedMap(new WeakHashMap<>());

  private MarkedFunctions() {}

  /// Why each is marked, empty if that is not said, by its name. Usually there are none.
  static Map<String, String> of(ClassLoader loader) {
    return BY_LOADER.computeIfAbsent(loader, MarkedFunctions::read);
  }

  /// `cure`, and which marked function `thread` is in, if it is in any: the innermost.
  static String cure(DumpThread thread, String cure) {
    Map<String, String> marked =
        of(
            Optional.ofNullable(Thread.currentThread().getContextClassLoader())
                .orElseGet(ClassLoader::getSystemClassLoader));
    return thread.stack().frames().stream()
        .map(Frame::function)
        .filter(marked::containsKey)
        .findFirst()
        .map(function -> cure + "; it is in " + named(function, marked))
        .orElse(cure);
  }

  /// `acme.Server.logs, which is marked @LeakProne: follows the log until its client leaves`.
  static String named(String function, Map<String, String> marked) {
    String reason = marked.getOrDefault(function, "");
    return function + ", which is marked @LeakProne" + (reason.isEmpty() ? "" : ": " + reason);
  }

  private static Map<String, String> read(ClassLoader loader) {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    List<ClassLoader> loaders =
        Stream.of(Optional.of(loader), Optional.ofNullable(context))
            .flatMap(Optional::stream)
            .distinct()
            .toList();
    LeakProneIndex index = LeakProneIndex.read(loaders);
    index.warnings().forEach(warning -> LOG.log(Level.WARNING, "leak check: " + warning));
    return index.functions().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                LeakProneIndex.Function::name, function -> function.reason().orElse("")));
  }
}
