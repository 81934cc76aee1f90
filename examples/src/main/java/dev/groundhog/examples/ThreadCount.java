package dev.groundhog.examples;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// How many threads a program has, virtual and platform, its own: what Go's `runtime.NumGoroutine`
/// tells.
///
/// Platform threads are those outside the JDK's own thread groups. For virtual threads the JDK has
/// no counter, so this takes a thread dump, into a file that only this user can read and that is
/// removed at once, and counts while it reads. Threads of the JDK's that wait for sockets are not
/// counted.
///
/// Thread-safe. Limits:
///
/// - It costs some 50 µs for each thread: good for a log every few seconds, not for a hot path.
/// - It is no snapshot: threads that start or end meanwhile may be counted or not.
/// - A virtual thread with a line break in its name may be miscounted.
/// - What the JDK starts in the program's name, such as the dispatcher of an HTTP server, counts;
///   workers of the common pool don't.
/// - Virtual threads made with `-Djdk.trackAllThreads=false` are not seen, unless an executor owns
///   them.
public final class ThreadCount {
  private static final Set<String> JDK_GROUPS =
      Set.of(
          "system", "InnocuousThreadGroup", "InnocuousForkJoinWorkerThreadGroup", "CarrierThreads");
  private static final Pattern VIRTUAL = Pattern.compile("#\\d+ \".*\" virtual[^\"]*");
  private static final String JDK_FRAME = "    at java.base/sun.nio.ch.Poller.subPollerLoop(";
  private static final int SLACK = 64;

  private ThreadCount() {}

  /// The number of threads now.
  ///
  /// @throws IOException if the dump cannot be written to the folder for temporary files
  public static long now() throws IOException {
    return platform() + virtual();
  }

  private static long platform() {
    ThreadGroup top = Thread.currentThread().getThreadGroup();
    while (top.getParent() != null) {
      top = top.getParent();
    }
    Thread[] threads = new Thread[top.activeCount() + SLACK];
    int count = top.enumerate(threads);
    while (count == threads.length) { // more were started meanwhile, and were left out
      threads = new Thread[threads.length * 2];
      count = top.enumerate(threads);
    }
    long own = 0;
    for (int i = 0; i < count; i++) {
      // A thread that has ended meanwhile has no group.
      Optional<ThreadGroup> group = Optional.ofNullable(threads[i].getThreadGroup());
      if (group.isPresent() && !JDK_GROUPS.contains(group.get().getName())) {
        own++;
      }
    }
    return own;
  }

  private static long virtual() throws IOException {
    Path folder = Files.createTempDirectory("thread-count");
    Path file = folder.resolve("dump.txt");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
      return countVirtual(file);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  /// A virtual thread's line starts with `#`, its number, its name and `virtual`.
  private static long countVirtual(Path file) throws IOException {
    long count = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("#") && VIRTUAL.matcher(line).matches()) {
          count++;
        } else if (line.startsWith(JDK_FRAME)) {
          count--;
        }
      }
    }
    return count;
  }
}
