package dev.groundhog.leak;

import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.WaitKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where threads of the runtimes and of well-known servers wait while there is nothing to do: the
/// functions in which a pool fetches its next task, an event loop selects, an acceptor accepts.
///
/// There are two sorts. In a function that *fetches* no task can run, so whatever stands above it
/// belongs to the pool's own queue. A *loop* also runs its tasks, so only the waiting itself may
/// stand above it.
final class RestingPlaces {
  private static final String RUNTIME = "the JDK's own thread";
  private static final String CARRIER = "a carrier, whose virtual thread is judged itself";
  static final String DUMPER = "it writes this dump";
  private static final String WORKER = "an idle worker of its pool";
  static final String EVENT_LOOP = "an event loop that waits for input";
  static final String ACCEPTOR = "an acceptor that waits for connections";
  private static final String CONNECTION = "a connection that waits for its next request";
  private static final String IDLE_CLIENT = "a client's connection that is not in use";
  private static final String HOUSEKEEPER = "a housekeeper that waits for work";

  private enum Sort {
    FETCH,
    LOOP
  }

  /// @param kind the wait that is rest there; any if empty
  private record Place(String rule, Sort sort, Optional<WaitKind> kind) {}

  private static final Map<String, Place> PLACES = new HashMap<>();

  static {
    fetches(
        DUMPER,
        "jdk.internal.vm.ThreadDumper.dumpThreadsToFile",
        "runtime/pprof.(*Profile).WriteTo");
    fetches(RUNTIME, "java.lang.ProcessHandleImpl.waitForProcessExit0");
    loops(
        RUNTIME,
        "java.lang.ref.Reference$ReferenceHandler.run",
        "java.lang.ref.Finalizer$FinalizerThread.run",
        "jdk.internal.ref.CleanerImpl.run",
        "java.lang.VirtualThread.unblockVirtualThreads",
        "sun.nio.ch.Poller.pollLoop",
        "sun.nio.ch.Poller.pollerLoop",
        "sun.nio.ch.Poller.subPollerLoop",
        "sun.nio.fs.LinuxWatchService$Poller.run",
        "sun.rmi.transport.ObjectTable$Reaper.run",
        "sun.rmi.transport.GC$Daemon.run",
        "sun.rmi.transport.tcp.TCPTransport$AcceptLoop.executeAcceptLoop",
        "com.sun.jmx.remote.internal.ServerCommunicatorAdmin$Timeout.run",
        "sun.net.www.http.KeepAliveCache.run");
    loops(CARRIER, "java.lang.VirtualThread.runContinuation");
    fetches(
        WORKER,
        "java.util.concurrent.ThreadPoolExecutor.getTask",
        "java.util.concurrent.ForkJoinPool.awaitWork",
        "org.apache.tomcat.util.threads.ThreadPoolExecutor.getTask",
        "org.eclipse.jetty.util.thread.QueuedThreadPool.idleJobPoll",
        "org.eclipse.jetty.util.thread.QueuedThreadPool$Runner.idleJobPoll",
        "org.eclipse.jetty.util.thread.ReservedThreadExecutor$ReservedThread.reservedWait",
        "org.eclipse.jetty.util.thread.ReservedThreadExecutor$ReservedThread.waitForTask",
        "io.netty.util.concurrent.SingleThreadEventExecutor.takeTask",
        "io.netty.util.concurrent.GlobalEventExecutor.takeTask",
        "io.netty.util.HashedWheelTimer$Worker.waitForNextTick");
    loops(
        WORKER,
        "java.util.TimerThread.mainLoop",
        "java.util.concurrent.DelayScheduler.loop",
        "sun.nio.ch.EPollPort$EventHandlerTask.run");
    fetches(
        EVENT_LOOP,
        "org.eclipse.jetty.io.ManagedSelector$SelectorProducer.select",
        "io.netty.channel.nio.NioIoHandler.select",
        "io.netty.channel.nio.NioEventLoop.select",
        "io.netty.channel.epoll.Native.epollWait",
        "dev.groundhog.context.internal.Libc.epollWait");
    loops(
        EVENT_LOOP,
        "org.apache.tomcat.util.net.NioEndpoint$Poller.run",
        "sun.net.httpserver.ServerImpl$Dispatcher.run",
        "jdk.internal.net.http.HttpClientImpl$SelectorManager.run",
        "dev.groundhog.context.internal.SelectorWatches.loop");
    fetches(ACCEPTOR, "org.apache.tomcat.util.net.NioEndpoint.serverSocketAccept");
    loops(ACCEPTOR, "org.eclipse.jetty.server.ServerConnector.accept", "net/http.(*Server).Serve");
    // It keeps the JVM alive while the server runs, and does nothing else.
    fetches(HOUSEKEEPER, "org.eclipse.jetty.util.thread.VirtualThreadPool$1.run");
    loops(CONNECTION, "sun.rmi.transport.tcp.TCPTransport.handleMessages");
    loops(
        CONNECTION,
        WaitKind.IO,
        "net/http.(*conn).serve",
        "net/http.(*conn).readRequest",
        "net/http.(*connReader).backgroundRead");
    // In select, the reading side waits for somebody to read a body to its end: that is no rest.
    loops(IDLE_CLIENT, WaitKind.IO, "net/http.(*persistConn).readLoop");
    loops(IDLE_CLIENT, WaitKind.SELECT, "net/http.(*persistConn).writeLoop");
    loops(
        HOUSEKEEPER,
        WaitKind.SELECT,
        "database/sql.(*DB).connectionOpener",
        "database/sql.(*DB).connectionCleaner");
  }

  /// Prefixes of the JDK's functions that do nothing but wait.
  private static final List<String> JVM_WAITS =
      List.of(
          "java.lang.Object.wait",
          "java.lang.Thread.sleep",
          "java.lang.System$",
          "java.lang.VirtualThread.",
          "java.lang.ref.NativeReferenceQueue.",
          "java.lang.ref.Reference",
          "java.util.concurrent.locks.",
          "java.util.concurrent.ForkJoinPool.managedBlock",
          "java.util.concurrent.ForkJoinPool.unmanagedBlock",
          "java.io.",
          "java.net.",
          "jdk.internal.misc.",
          "jdk.internal.vm.",
          "sun.misc.Unsafe.",
          "sun.nio.ch.",
          "sun.nio.fs.");

  /// The same of Go's standard library.
  private static final List<String> GO_WAITS =
      List.of(
          "bufio.",
          "crypto/tls.",
          "internal/poll.",
          "io.",
          "net.",
          "net/http.(*connReader).",
          "net/http.(*persistConn).Read",
          "net/textproto.",
          "runtime.",
          "syscall.");

  private RestingPlaces() {}

  /// The rule of the place where `thread` rests, if it does.
  static Optional<String> ruleFor(DumpThread thread) {
    boolean onlyWaits = true;
    for (Frame frame : thread.stack().frames()) {
      Place place = PLACES.get(frame.function());
      if (place != null) {
        boolean rests =
            (onlyWaits || place.sort == Sort.FETCH)
                && place.kind.filter(k -> k != thread.waitKind()).isEmpty();
        return rests ? Optional.of(place.rule) : Optional.empty();
      }
      onlyWaits = onlyWaits && isWaiting(frame, thread.kind());
    }
    return Optional.empty();
  }

  /// What stands above the innermost place of `thread`; all of its frames if it has none.
  static List<Frame> above(DumpThread thread) {
    List<Frame> frames = thread.stack().frames();
    int place = 0;
    while (place < frames.size() && !PLACES.containsKey(frames.get(place).function())) {
      place++;
    }
    return frames.subList(0, place);
  }

  /// Whether `frame` does nothing but wait, on behalf of whoever called it.
  static boolean isWaiting(Frame frame, ThreadKind kind) {
    List<String> waits = kind == ThreadKind.GOROUTINE ? GO_WAITS : JVM_WAITS;
    return waits.stream().anyMatch(frame.function()::startsWith);
  }

  private static void fetches(String rule, String... functions) {
    put(new Place(rule, Sort.FETCH, Optional.empty()), functions);
  }

  private static void loops(String rule, String... functions) {
    put(new Place(rule, Sort.LOOP, Optional.empty()), functions);
  }

  private static void loops(String rule, WaitKind kind, String... functions) {
    put(new Place(rule, Sort.LOOP, Optional.of(kind)), functions);
  }

  private static void put(Place place, String... functions) {
    for (String function : functions) {
      PLACES.put(function, place);
    }
  }
}
