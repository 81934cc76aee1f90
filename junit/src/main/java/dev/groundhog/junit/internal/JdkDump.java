package dev.groundhog.junit.internal;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/// The JDK's own dump of this JVM, which it writes to a file. Apart from the rest, since its module
/// may be missing.
final class JdkDump {
  private JdkDump() {}

  static boolean isThere() {
    return ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class) != null;
  }

  /// The folder is for its owner alone, as every temporary one of the JDK, and is removed.
  static Dump take() throws IOException {
    Path folder = Files.createTempDirectory("groundhog-junit");
    Path file = folder.resolve("threads.json");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toAbsolutePath().toString(), ThreadDumpFormat.JSON);
      try (InputStream in = Files.newInputStream(file)) {
        return DumpReader.readAll(in).getFirst();
      }
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }
}
