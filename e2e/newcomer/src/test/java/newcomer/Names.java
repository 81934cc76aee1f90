package newcomer;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/// Names of threads, others in each run: half of them say nothing, half of them are those of the
/// JDK's threads, of runners' and of the agent's.
final class Names {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final List<String> OF_OTHERS =
      List.of(
          "",
          "main",
          "DestroyJavaVM",
          "Reference Handler",
          "Finalizer",
          "Signal Dispatcher",
          "Common-Cleaner",
          "process reaper",
          "Timer-0",
          "HttpClient-1-SelectorManager",
          "pool-1-thread-1",
          "ForkJoinPool-1-worker-1",
          "ForkJoinPool.commonPool-worker-1",
          "ForkJoinPool.commonPool-delayScheduler",
          "VirtualThread-unparker",
          "surefire-forkedjvm-command-thread",
          "surefire-forkedjvm-stream-flusher",
          "junit-jupiter-timeout-watcher",
          "OkHttp TaskRunner",
          "Test worker",
          "groundhog-agent-1");

  private Names() {}

  static String next() {
    return RANDOM.nextBoolean()
        ? OF_OTHERS.get(RANDOM.nextInt(OF_OTHERS.size()))
        : Long.toString(RANDOM.nextLong() >>> 1, Character.MAX_RADIX);
  }

  static Thread.Builder platform() {
    return Thread.ofPlatform().name(next());
  }

  static Thread.Builder virtual() {
    return Thread.ofVirtual().name(next());
  }

  static ThreadFactory platforms() {
    return task -> platform().unstarted(task);
  }

  static ThreadFactory virtuals() {
    return task -> virtual().unstarted(task);
  }
}
