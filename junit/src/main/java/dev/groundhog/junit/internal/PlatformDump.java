package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.LiveThreads;
import dev.groundhog.dump.ProcessInfo;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;

/// A look at platform threads alone, which every JDK can take at any time.
final class PlatformDump {
  private PlatformDump() {}

  static Dump of(Collection<Thread> threads) {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(
        new ProcessInfo(
            OptionalLong.of(ProcessHandle.current().pid()),
            Optional.of(Instant.now()),
            Runtime.version().toString(),
            ProcessInfo.LIVE));
    LiveThreads looker = new LiveThreads();
    threads.forEach(thread -> collector.thread(looker.look(thread, "")));
    collector.end();
    return collector.dumps().getFirst();
  }
}
