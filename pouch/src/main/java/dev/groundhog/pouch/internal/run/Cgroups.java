package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The control groups of containers, of both versions of the kernel's interface.
final class Cgroups {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final String PARENT = "pouch";
  private static final Duration UNTIL_EMPTY = Duration.ofSeconds(2);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(10);

  private Cgroups() {}

  /// The path of a container's group, as runc takes it.
  static String path(String id) {
    return "/" + PARENT + "/" + id;
  }

  /// Whether this machine has version 2 only.
  static boolean isUnified() {
    return Files.exists(ROOT.resolve("cgroup.controllers"));
  }

  /// Whether memory and swap can be limited together.
  static boolean canLimitSwap() {
    return isUnified() || Files.exists(ROOT.resolve("memory/memory.memsw.limit_in_bytes"));
  }

  /// Whether the kernel has killed a process of this container for want of memory. Only known for
  /// as long as its group is there.
  static boolean wasOutOfMemory(String id) throws IOException {
    Path file =
        isUnified()
            ? folder(ROOT, id).resolve("memory.events")
            : folder(ROOT.resolve("memory"), id).resolve("memory.oom_control");
    try {
      return Files.readAllLines(file).stream()
          .anyMatch(line -> line.startsWith("oom_kill ") && !line.equals("oom_kill 0"));
    } catch (NoSuchFileException _) {
      return false;
    }
  }

  private static Path folder(Path hierarchy, String id) {
    return hierarchy.resolve(PARENT).resolve(id);
  }

  /// Kills what is left in a container's groups, and removes them.
  static void remove(String id) throws IOException, InterruptedException {
    for (Path hierarchy : hierarchies()) {
      Path folder = folder(hierarchy, id);
      long end = System.nanoTime() + UNTIL_EMPTY.toNanos();
      while (Files.exists(folder) && !isRemoved(folder)) {
        if (System.nanoTime() > end) {
          throw new IOException("processes do not leave " + folder);
        }
        for (String pid : Files.readAllLines(folder.resolve("cgroup.procs"))) {
          ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
        Thread.sleep(BETWEEN_TRIES);
      }
    }
  }

  private static boolean isRemoved(Path folder) {
    try {
      Files.deleteIfExists(folder);
      return true;
    } catch (IOException _) {
      return false; // somebody is in it
    }
  }

  private static List<Path> hierarchies() throws IOException {
    if (isUnified()) {
      return List.of(ROOT);
    }
    List<Path> all = new ArrayList<>();
    if (Files.isDirectory(ROOT)) {
      try (DirectoryStream<Path> folders = Files.newDirectoryStream(ROOT, Files::isDirectory)) {
        folders.forEach(all::add);
      }
    }
    return all;
  }
}
