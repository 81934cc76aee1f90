package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Makes dumps for tests.
final class Dumps {
  private Dumps() {}

  static Dump of(DumpThread... threads) {
    return of(List.of(threads));
  }

  static Dump of(List<DumpThread> threads) {
    return of(new ProcessInfo(OptionalLong.empty(), Optional.empty(), "", "test"), threads);
  }

  static Dump ofProcess(long pid, List<DumpThread> threads) {
    return of(new ProcessInfo(OptionalLong.of(pid), Optional.empty(), "", "test"), threads);
  }

  static Dump of(ProcessInfo process, List<DumpThread> threads) {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(process);
    threads.forEach(collector::thread);
    collector.end();
    return collector.dumps().getFirst();
  }

  /// Adds a look that began and ended so long after some moment.
  static void look(Looks looks, Dump dump, Duration began, Duration ended) {
    // Near the end of the range, since the clock may start anywhere.
    long start = Long.MAX_VALUE - Duration.ofSeconds(1).toNanos();
    looks.add(dump, start + began.toNanos(), start + ended.toNanos());
  }

  static void look(Looks looks, Dump dump, Duration at) {
    look(looks, dump, at, at);
  }

  /// A virtual thread that waits without a deadline, innermost function first.
  static DumpThread waiting(long id, String... functions) {
    return thread(id, ThreadState.WAITING, functions);
  }

  static DumpThread thread(long id, ThreadState state, String... functions) {
    return DumpThread.of(ThreadKind.VIRTUAL, stack(functions))
        .id(id)
        .state(state)
        .waits(WaitKind.QUEUE, "")
        .build();
  }

  static CallStack stack(String... functions) {
    return new CallStack(
        Arrays.stream(functions).map(f -> new Frame(f, "File.java", f.length())).toList());
  }
}
