package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Looks with what the JDK tells: its dump, which has virtual threads too, and the live platform
/// threads, of which a dump does not tell class and group.
record PlainLook() implements Look {
  private static final String NO_MANAGEMENT =
      "virtual threads are not seen: the module jdk.management is missing here; start Java with"
          + " --add-modules jdk.management";

  /// Threads that end or begin when a test ends are given as long: the JDK's dump is not safe while
  /// virtual threads mount and unmount (JDK-8364343), and may then end the JVM.
  private static final Duration SETTLING = Duration.ofMillis(5);

  private static final boolean HAS_MANAGEMENT = hasManagement();

  private static boolean hasManagement() {
    try {
      return JdkDump.isThere();
    } catch (LinkageError _) {
      return false;
    }
  }

  @Override
  public Dump dump() throws IOException {
    Map<Long, Thread> platform = platformThreads();
    if (!HAS_MANAGEMENT) {
      return PlatformDump.of(platform.values());
    }
    LockSupport.parkNanos(SETTLING.toNanos());
    Dump dump = JdkDump.take();
    Dump.Collector collector = new Dump.Collector();
    collector.begin(dump.process());
    dump.forEach(thread -> collector.thread(known(thread, platform)));
    dump.warnings().forEach(collector::warning);
    collector.end();
    return collector.dumps().getFirst();
  }

  private static DumpThread known(DumpThread thread, Map<Long, Thread> platform) {
    Thread live = thread.id().isPresent() ? platform.get(thread.id().getAsLong()) : null;
    if (live == null) {
      return thread;
    }
    ThreadGroup group = live.getThreadGroup();
    return thread
        .with()
        .threadClass(live.getClass().getName())
        .threadGroup(group == null ? "" : group.getName())
        .build();
  }

  private static Map<Long, Thread> platformThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .collect(Collectors.toMap(Thread::threadId, Function.identity(), (first, _) -> first));
  }

  @Override
  public Optional<String> missing() {
    return HAS_MANAGEMENT ? Untracked.note() : Optional.of(NO_MANAGEMENT);
  }

  @Override
  public void interrupt(List<Long> ids) {
    Map<Long, Thread> platform = platformThreads();
    ids.stream()
        .flatMap(id -> Optional.ofNullable(platform.get(id)).stream())
        .forEach(Thread::interrupt);
  }
}
