package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Looks with the JDK's own dump, which has virtual threads too, and at the live platform threads,
/// of which a dump does not tell class and group.
record JdkLook() implements Look {
  /// Threads that end or begin when a test ends are given as long: the dump is not safe while
  /// virtual threads mount and unmount (JDK-8364343), and may then end the JVM.
  private static final Duration SETTLING = Duration.ofMillis(5);

  /// Whether the module that makes the dump is here.
  static boolean isPossible() {
    try {
      return JdkDump.isThere();
    } catch (LinkageError _) {
      return false;
    }
  }

  @Override
  public Dump dump() throws IOException {
    LockSupport.parkNanos(SETTLING.toNanos());
    Dump dump = JdkDump.take();
    Map<Long, Thread> platform = PlatformLook.threads();
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

  @Override
  public Optional<String> missing() {
    return Untracked.note();
  }

  @Override
  public void interrupt(List<Long> ids) {
    PlatformLook.interruptAll(ids);
  }
}
