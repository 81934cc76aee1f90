package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Tells a program's own functions from those of its runtime.
public final class Origin {
  private static final List<String> JDK_PACKAGES =
      List.of("java.", "javax.", "jdk.", "sun.", "com.sun.", "org.graalvm.");

  /// The first path element of each package of Go's standard library.
  private static final Set<String> GO_ROOTS =
      Set.of(
          "archive",
          "bufio",
          "bytes",
          "cmp",
          "compress",
          "container",
          "context",
          "crypto",
          "database",
          "debug",
          "embed",
          "encoding",
          "errors",
          "expvar",
          "flag",
          "fmt",
          "go",
          "hash",
          "html",
          "image",
          "index",
          "internal",
          "io",
          "iter",
          "log",
          "maps",
          "math",
          "mime",
          "net",
          "os",
          "path",
          "plugin",
          "reflect",
          "regexp",
          "runtime",
          "slices",
          "sort",
          "strconv",
          "strings",
          "structs",
          "sync",
          "syscall",
          "testing",
          "text",
          "time",
          "unicode",
          "unique",
          "unsafe",
          "vendor",
          "weak");

  /// What stands below everything on the stack of a thread of a JVM.
  private static final List<String> THREADS =
      List.of(
          "java.lang.Thread.",
          "java.lang.VirtualThread.run",
          "jdk.internal.misc.InnocuousThread.",
          "jdk.internal.vm.Continuation.");

  /// What starts threads for whoever asks.
  private static final List<String> STARTERS =
      List.of(
          "java.lang.",
          "java.util.concurrent.",
          "java.util.Timer",
          "jdk.internal.misc.",
          "jdk.internal.vm.");

  private Origin() {}

  /// Whether a class or function of a JVM is the JDK's own.
  public static boolean isJdk(String name) {
    return JDK_PACKAGES.stream().anyMatch(name::startsWith);
  }

  /// Whether `frame` belongs to the JDK or to Go's standard library.
  public static boolean isRuntime(Frame frame, ThreadKind kind) {
    String function = frame.function();
    if (kind != ThreadKind.GOROUTINE) {
      return isJdk(function);
    }
    int end = 0;
    while (end < function.length() && function.charAt(end) != '/' && function.charAt(end) != '.') {
      end++;
    }
    return GO_ROOTS.contains(function.substring(0, end))
        && !(end < function.length()
            && function.charAt(end) == '.'
            && function.indexOf('/', end) > 0
            && function.indexOf('/', end) < function.indexOf('(', end));
  }

  /// The innermost function of the program itself: the one that a person would search for.
  public static Optional<Frame> culprit(CallStack stack, ThreadKind kind) {
    return stack.frames().stream().filter(frame -> !isRuntime(frame, kind)).findFirst();
  }

  /// The runtime's function that the culprit is in; empty if that is at the top, or if there is
  /// none.
  public static Optional<Frame> called(CallStack stack, ThreadKind kind) {
    return stack.frames().stream()
        .takeWhile(frame -> isRuntime(frame, kind))
        .reduce((_, outer) -> outer)
        .filter(_ -> culprit(stack, kind).isPresent());
  }

  /// Who started a thread: the program's own innermost function; where all is the runtime's, the
  /// innermost of a JVM's that does not start threads for everybody. Empty if there is none.
  public static Optional<Frame> creator(CallStack createdBy, ThreadKind kind) {
    return culprit(createdBy, kind)
        .or(() ->
            createdBy.frames().stream()
                .filter(_ -> kind != ThreadKind.GOROUTINE)
                .filter(frame -> STARTERS.stream().noneMatch(frame.function()::startsWith))
                .findFirst());
  }

  /// The function that a thread of a JVM was started for: the outermost that is not the thread's
  /// own.
  public static Optional<Frame> root(CallStack stack) {
    return stack.frames().reversed().stream()
        .filter(frame -> THREADS.stream().noneMatch(frame.function()::startsWith))
        .findFirst();
  }

  /// The culprit, or the innermost function of a stack that is the runtime's alone; empty if the
  /// stack is.
  public static Optional<Frame> top(CallStack stack, ThreadKind kind) {
    return culprit(stack, kind).or(() -> stack.frames().stream().findFirst());
  }
}
