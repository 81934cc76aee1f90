package dev.groundhog.examples;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// How many threads a program has, virtual and platform, its own: what Go's `runtime.NumGoroutine`
/// tells.
///
/// The JDK has no counter of virtual threads, so this takes a thread dump and counts, in a file
/// that only this user can read and that is removed at once. That costs some 50 µs for each thread:
/// good for a log every few seconds, not for a hot path. Threads of the JDK itself are not counted,
/// by what they run.
public final class ThreadCount {
  private ThreadCount() {}

  /// The number of threads now.
  ///
  /// @throws IOException if the dump cannot be written to the folder for temporary files
  public static long now() throws IOException {
    Path folder = Files.createTempDirectory("thread-count");
    Path file = folder.resolve("dump.txt");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
      return count(file);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
  }

  /// A thread's line starts with `#`; it is the program's own if any frame is not the JDK's.
  private static long count(Path file) throws IOException {
    long count = 0;
    boolean own = false;
    try (Stream<String> lines = Files.lines(file, StandardCharsets.UTF_8)) {
      for (String line : (Iterable<String>) lines::iterator) {
        if (line.startsWith("#")) {
          own = false;
        } else if (!own && line.startsWith("    at ") && !isJdk(line.substring(7))) {
          own = true;
          count++;
        }
      }
    }
    return count;
  }

  private static boolean isJdk(String frame) {
    return frame.startsWith("java.base/")
        || frame.startsWith("java.management/")
        || frame.startsWith("jdk.");
  }
}
