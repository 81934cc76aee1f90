package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.pouch.internal.run.RealRunc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The machine's own mounts, while a container runs.
class RuncMountsTest {
  @TempDir Path folder;

  private static void sh(String script, Path folder) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-ec", script, "sh", folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  @Test
  void whatIsUnmountedWhileAContainerRunsIsPinnedByNoneOfItsProcesses() throws Exception {
    RealRunc.assumeIsHere();
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Path mounted = shared.resolve("mounted");
    sh("mount -t tmpfs none \"$1\"; mount --make-shared \"$1\"", shared);
    sh("mkdir \"$1\"; mount -t tmpfs none \"$1\"", mounted);
    try (TestDaemon daemon =
        new TestDaemon(folder.resolve("root"), true, RealRunc.RUNC.toString())) {
      daemon.load(BusyboxImage.of(0).archive());
      String id = daemon.run("sleep 1000", Map.of());
      long pid = daemon.get("/containers/" + id + "/json").path("State").path("Pid").asLong();
      Path runcs = Path.of("/proc", Long.toString(parentOf(pid)), "mountinfo");
      assertThat(Files.readString(runcs)).contains(mounted.toString());
      sh("umount \"$1\"", mounted);
      assertThat(Files.readString(runcs)).doesNotContain(mounted.toString());
    } finally {
      sh("umount -R \"$1\"", shared);
    }
  }

  /// runc itself, in the namespace that holds the container's files.
  private static long parentOf(long pid) {
    return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow().pid();
  }
}
