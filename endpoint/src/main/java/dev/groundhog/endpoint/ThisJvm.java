package dev.groundhog.endpoint;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.LiveThreads;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.endpoint.internal.ContainerLister;
import dev.groundhog.endpoint.internal.LockOwners;
import dev.groundhog.endpoint.internal.PlatformLister;
import dev.groundhog.endpoint.internal.Sampling;
import dev.groundhog.endpoint.internal.ThreadLister;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// A dump of the JVM that this runs in, without stopping it: threads are looked at one by one, so
/// that the dump is no moment of the whole; [LiveThreads] says what holds of one thread. Safe to
/// share.
///
/// Virtual threads are seen where `jdk.internal.vm` of `java.base` is exported to this module, as
/// the agent does; else only platform threads are, and [#missing] says so. Who owns the locks of
/// `java.util.concurrent.locks` is known where that package is open to this module; of monitors,
/// those that platform threads wait to enter are known, and not what a thread holds.
public final class ThisJvm {
  private static final String FORMAT = "live";

  private final ThreadLister lister;
  private final LockOwners locks = LockOwners.find();

  private ThisJvm(ThreadLister lister) {
    this.lister = lister;
  }

  /// With as much as this module may see.
  public static ThisJvm open() {
    return new ThisJvm(
        ContainerLister.find().<ThreadLister>map(found -> found).orElseGet(PlatformLister::new));
  }

  /// A dump of all threads that are alive; the thread that takes it is one of them, and where there
  /// are many so is a second one. One dump is taken at a time.
  public synchronized Dump dump() {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(
        new ProcessInfo(
            OptionalLong.of(ProcessHandle.current().pid()),
            Optional.of(Instant.now()),
            Runtime.version().toString(),
            FORMAT));
    new Sampling(collector, locks).run(lister);
    collector.end();
    return collector.dumps().getFirst();
  }

  /// Looks at every thread and gives each on at once, so that nothing is held of them.
  public void each(Consumer<? super DumpThread> taker) {
    LiveThreads threads = new LiveThreads();
    lister.each((thread, container) -> taker.accept(threads.look(thread, container)));
  }

  /// How many threads there are.
  public long count() {
    long[] count = {0};
    lister.each((_, _) -> count[0]++);
    return count[0];
  }

  /// Which threads cannot be seen and what to do, in a sentence; empty if all can.
  public String missing() {
    return lister.missing();
  }
}
