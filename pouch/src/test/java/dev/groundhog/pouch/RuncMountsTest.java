package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.pouch.internal.run.RealRunc;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
    String source = "groundhog-" + System.nanoTime(); // which no other mount is known by
    sh("mkdir \"$1\"; mount -t tmpfs " + source + " \"$1\"", mounted);
    try (TestDaemon daemon =
        new TestDaemon(folder.resolve("root"), true, RealRunc.RUNC.toString())) {
      daemon.load(BusyboxImage.of(0).archive());
      String id = daemon.run("sleep 1000", Map.of());
      long pid = daemon.get("/containers/" + id + "/json").path("State").path("Pid").asLong();
      assertThat(thoseWhoHave(source)).contains(parentOf(pid), ProcessHandle.current().pid());
      sh("umount \"$1\"", mounted);
      assertThat(thoseWhoHave(source)).isEmpty();
    } finally {
      sh("umount -R \"$1\"", shared);
    }
  }

  /// runc itself, in the namespace that holds the container's files.
  private static long parentOf(long pid) {
    return ProcessHandle.of(pid).flatMap(ProcessHandle::parent).orElseThrow().pid();
  }

  /// Of all processes of this machine, in whatever namespace they are, and at whatever path.
  private static List<Long> thoseWhoHave(String source) {
    return ProcessHandle.allProcesses()
        .map(ProcessHandle::pid)
        .filter(pid -> mounts(pid).contains(" - tmpfs " + source + " "))
        .toList();
  }

  private static String mounts(long pid) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(pid), "mountinfo"));
    } catch (IOException _) {
      return ""; // it has ended
    }
  }
}
