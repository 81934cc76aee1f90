package dev.groundhog.target.internal;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.leak.KnownFunctions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// Which functions a Go server on this machine has: the names in the executable of the process that
/// listens at its address.
///
/// Who listens may be a proxy, often a Go program too, and a program may load plugins. So the names
/// count only if every function and file on the dump's stacks is among them.
final class GoFunctions {
  private GoFunctions() {}

  /// What the executable tells, or what is on the stacks of `dump` where it cannot be found, read,
  /// or be that of the dump.
  static KnownFunctions at(String host, int port, Dump dump) {
    return program(Listeners.at(host, port))
        .flatMap(GoSymbols::of)
        .filter(symbols -> isOf(symbols, dump))
        .map(symbols -> KnownFunctions.ofGo(symbols.functions(), dump))
        .orElseGet(() -> KnownFunctions.seenIn(dump));
  }

  /// The one program that all of `pids` run: a socket may be shared with children.
  private static Optional<Path> program(Set<Long> pids) {
    Map<Object, Path> programs = new HashMap<>();
    for (long pid : pids) {
      Path program = ProcFs.folder(pid).resolve("exe");
      try {
        Object key = Files.readAttributes(program, BasicFileAttributes.class).fileKey();
        programs.put(key == null ? program : key, program);
      } catch (IOException | UnsupportedOperationException _) {
        return Optional.empty();
      }
    }
    return programs.size() == 1 ? programs.values().stream().findFirst() : Optional.empty();
  }

  private static boolean isOf(GoSymbols symbols, Dump dump) {
    Predicate<Frame> isThere =
        frame ->
            !isNamed(frame)
                || (symbols.functions().contains(GoSymbols.asPrinted(frame.function()))
                    && (frame.file().isEmpty() || symbols.files().contains(frame.file())));
    // A dump holds equal stacks once.
    Set<CallStack> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (int row = 0; row < dump.rows(); row++) {
      DumpThread thread = dump.row(row);
      for (CallStack stack : List.of(thread.stack(), thread.createdBy())) {
        if (seen.add(stack) && !stack.frames().stream().allMatch(isThere)) {
          return false;
        }
      }
    }
    return true;
  }

  /// Not an address that the dump has no name for.
  private static boolean isNamed(Frame frame) {
    return !frame.function().startsWith("0x") && !frame.function().equals("?");
  }
}
