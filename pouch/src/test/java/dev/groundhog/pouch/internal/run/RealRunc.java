package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/// What tests need that run containers by runc.
public final class RealRunc {
  public static final Path RUNC = Path.of("/usr/sbin/runc");
  public static final Path BUSYBOX = Path.of("/usr/bin/busybox");

  private RealRunc() {}

  /// Skips the test where there can be no containers.
  public static void assumeIsHere() throws IOException, InterruptedException {
    Assumptions.assumeTrue(Files.isExecutable(RUNC), "no " + RUNC);
    Assumptions.assumeTrue(Files.isExecutable(BUSYBOX), "no " + BUSYBOX);
    Assumptions.assumeTrue(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "not root");
    Process mount =
        new ProcessBuilder("unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Assumptions.assumeTrue(mount.waitFor() == 0, "nothing can be mounted here");
  }
}
