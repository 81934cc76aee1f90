package dev.groundhog.pouch;

import dev.groundhog.pouch.internal.image.SavedBuilder;
import dev.groundhog.pouch.internal.image.TarBuilder;
import dev.groundhog.pouch.internal.run.RealRunc;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/// A saved image, `busybox`, of this machine's static busybox and of a few files, in as many layers
/// as are wanted.
final class BusyboxImage {
  private static final int EXECUTABLE = 0755;
  private static final List<String> COMMANDS =
      List.of(
          "sh",
          "cat",
          "cut",
          "echo",
          "env",
          "grep",
          "head",
          "hostname",
          "id",
          "ifconfig",
          "ls",
          "mount",
          "pwd",
          "rm",
          "sleep",
          "stat",
          "tail",
          "touch",
          "true",
          "tty",
          "wc");

  private final String id;
  private final byte[] archive;

  private BusyboxImage(String id, byte[] archive) {
    this.id = id;
    this.archive = archive;
  }

  /// The digest of its config.
  String id() {
    return id;
  }

  /// As `docker save` writes it.
  byte[] archive() {
    return archive;
  }

  static BusyboxImage of(int more) throws IOException {
    TarBuilder lowest = new TarBuilder();
    for (String name : List.of("bin/", "etc/", "root/", "data/")) {
      lowest.folder(name);
    }
    lowest.member('5', "tmp/", "", 0777, new byte[0]);
    lowest.member('0', "bin/busybox", "", EXECUTABLE, Files.readAllBytes(RealRunc.BUSYBOX));
    for (String command : COMMANDS) {
      lowest.symbolicLink("bin/" + command, "busybox");
    }
    lowest
        .file(
            "etc/passwd",
            "root:x:0:0:root:/root:/bin/sh\nadam:x:1001:1002:Adam:/home/adam:/bin/sh\n")
        .file("etc/group", "root:x:0:\nadams:x:1002:\nsailors:x:1003:eve,adam\n")
        .file("etc/plain", "not executable\n");
    SavedBuilder image =
        new SavedBuilder()
            .named("busybox:latest")
            .config(
                Map.of(
                    "Cmd",
                    List.of("sh", "-c", "echo of the image"),
                    "Env",
                    List.of("PATH=/bin", "OF=image"),
                    "Labels",
                    Map.of("from", "image", "mine", "image")))
            .layer(lowest.end());
    for (int i = 1; i <= more; i++) {
      image.layer(
          new TarBuilder()
              .folder("data/")
              .file("data/top", "layer " + i + "\n")
              .file("data/" + i, "")
              .end());
    }
    return new BusyboxImage(image.id(), image.docker());
  }
}
