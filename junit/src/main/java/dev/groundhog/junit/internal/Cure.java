package dev.groundhog.junit.internal;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.junit.internal.Reporting.Subject;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What probably ends a leaked thread, in one line: what it was started for is the best hint, then
/// what it waits for.
final class Cure {
  private static final String UNLOCK = "let whoever holds the lock unlock it in a finally block";

  /// @param ofPool what more there is to say of an idle pool, if one test is told of it
  private record ByFunction(String function, String cure, String ofPool) {
    ByFunction(String function, String cure) {
      this(function, cure, "");
    }
  }

  /// Nobody knows where a pool was made, only which test's task made it start the worker.
  private static final String OF_CLASS =
      "; if it serves all tests of a class, check it with the class: scope = CLASS";

  /// The pool that an HTTP client makes for itself, and hides; one that it was given is its
  /// giver's.
  private static final Pattern HTTP_CLIENT = Pattern.compile("HttpClient-\\d+-Worker-\\d+");

  private static final String CLOSE_CLIENT = "close its HttpClient";

  private static final List<ByFunction> OWNERS =
      List.of(
          new ByFunction("java.util.TimerThread.", "call cancel() on its Timer"),
          new ByFunction("jdk.internal.net.http.HttpClientImpl$SelectorManager.", CLOSE_CLIENT),
          new ByFunction("sun.nio.fs.LinuxWatchService", "close its WatchService"),
          new ByFunction("sun.net.httpserver.", "call stop() on its HttpServer"),
          new ByFunction(
              "java.util.concurrent.ThreadPoolExecutor.getTask",
              "its pool is idle and was not shut down: close() or shutdown() its executor",
              OF_CLASS),
          new ByFunction(
              "java.util.concurrent.ForkJoinPool.awaitWork",
              "its pool is idle and was not shut down: close() or shutdown() it",
              OF_CLASS),
          new ByFunction(
              "java.util.concurrent.ThreadPoolExecutor.runWorker",
              "its task does not end: let it end, or call shutdownNow() on its executor"));

  private Cure() {}

  /// @param subject what the report is about
  static String of(DumpThread thread, Subject subject) {
    if (thread.leaked()) {
      return "the collector took it: nothing can wake it any more, and its finally blocks never run;"
          + " hold its executor, and close it";
    }
    if (HTTP_CLIENT.matcher(thread.name()).matches()) {
      return CLOSE_CLIENT;
    }
    return first(OWNERS, thread.stack())
        .map(owner -> subject == Subject.TEST ? owner.cure() + owner.ofPool() : owner.cure())
        .orElseGet(() -> byWait(thread));
  }

  private static Optional<ByFunction> first(List<ByFunction> owners, CallStack stack) {
    return owners.stream().filter(owner -> has(stack, owner.function())).findFirst();
  }

  private static String byWait(DumpThread thread) {
    return switch (thread.waitKind()) {
      case QUEUE -> "end whoever takes from the queue: interrupt it, or hand it a last element";
      case FUTURE ->
          "complete the future or end the thread that it waits for, or wait with a limit";
      case LATCH -> "count the latch down to the end on every path, or wait with a limit";
      case MUTEX ->
          thread.state() == ThreadState.BLOCKED
              ? "let whoever holds the monitor leave its synchronized block"
              : UNLOCK;
      case READ_LOCK, WRITE_LOCK -> UNLOCK;
      case SEMAPHORE -> "release the permit in a finally block";
      case CONDITION -> "signal what it waits for, or interrupt it";
      case SLEEP -> "interrupt it, or join it in the test: it sleeps";
      case IO -> "close the socket or stream that it reads or accepts from";
      case PROCESS -> "destroy the process that it waits for";
      case PARK -> "unpark or interrupt it";
      case NONE, UNKNOWN, RUNTIME, ONCE, CHANNEL_RECEIVE, CHANNEL_SEND, SELECT, FOREVER ->
          thread.state() == ThreadState.RUNNABLE
              ? "it runs: tell it to stop, and join it in the test"
              : "interrupt it, and join it in the test";
    };
  }

  private static boolean has(CallStack stack, String prefix) {
    return stack.frames().stream().anyMatch(frame -> frame.function().startsWith(prefix));
  }
}
