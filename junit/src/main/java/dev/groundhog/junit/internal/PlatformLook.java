package dev.groundhog.junit.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.LiveThreads;
import dev.groundhog.dump.ProcessInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Looks at platform threads alone.
///
/// @param why there is nothing better, in words that go behind a colon
record PlatformLook(String why) implements Look {
  @Override
  public Dump dump() {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(
        new ProcessInfo(
            OptionalLong.of(ProcessHandle.current().pid()),
            Optional.of(Instant.now()),
            Runtime.version().toString(),
            ProcessInfo.LIVE));
    LiveThreads looker = new LiveThreads();
    threads().values().forEach(thread -> collector.thread(looker.look(thread, "")));
    collector.end();
    return collector.dumps().getFirst();
  }

  /// Those that are alive, by id.
  static Map<Long, Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .collect(Collectors.toMap(Thread::threadId, Function.identity(), (first, _) -> first));
  }

  @Override
  public Optional<String> missing() {
    return Optional.of("virtual threads are not seen: " + why);
  }

  @Override
  public void interrupt(List<Long> ids) {
    interruptAll(ids);
  }

  static void interruptAll(List<Long> ids) {
    Map<Long, Thread> platform = threads();
    ids.stream()
        .flatMap(id -> Optional.ofNullable(platform.get(id)).stream())
        .forEach(Thread::interrupt);
  }
}
