package dev.groundhog.pouch;

import dev.groundhog.pouch.internal.engine.Container;
import dev.groundhog.pouch.internal.engine.Images;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// One image, `busybox`, of this machine's static busybox and of a few files, in as many layers as
/// are wanted.
final class BusyboxImages implements Images {
  static final Path BUSYBOX = Path.of("/usr/bin/busybox");
  static final String ID = "sha256:" + "b".repeat(64);

  private final List<Path> layers = new ArrayList<>();
  private final Set<String> holders = ConcurrentHashMap.newKeySet();

  static BusyboxImages in(Path folder, int more) throws IOException {
    BusyboxImages images = new BusyboxImages();
    Path lowest = Files.createDirectories(folder.resolve("layer-0"));
    for (String name : List.of("bin", "etc", "root", "tmp", "data")) {
      Files.createDirectory(lowest.resolve(name));
    }
    Files.setPosixFilePermissions(
        lowest.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.copy(BUSYBOX, lowest.resolve("bin/busybox"));
    Files.setPosixFilePermissions(
        lowest.resolve("bin/busybox"), PosixFilePermissions.fromString("rwxr-xr-x"));
    for (String command :
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
            "wc")) {
      Files.createSymbolicLink(lowest.resolve("bin").resolve(command), Path.of("busybox"));
    }
    Files.writeString(
        lowest.resolve("etc/passwd"),
        "root:x:0:0:root:/root:/bin/sh\nadam:x:1001:1002:Adam:/home/adam:/bin/sh\n");
    Files.writeString(
        lowest.resolve("etc/group"), "root:x:0:\nadams:x:1002:\nsailors:x:1003:eve,adam\n");
    Files.writeString(lowest.resolve("etc/plain"), "not executable\n");
    images.layers.add(lowest);
    for (int i = 1; i <= more; i++) {
      Path layer = Files.createDirectories(folder.resolve("layer-" + i));
      Files.createDirectory(layer.resolve("data"));
      Files.writeString(layer.resolve("data/top"), "layer " + i + "\n");
      Files.writeString(layer.resolve("data/" + i), "");
      images.layers.add(layer);
    }
    return images;
  }

  int holds() {
    return holders.size();
  }

  @Override
  public Optional<Image> find(String nameOrId) {
    return List.of("busybox", "busybox:latest", ID).contains(nameOrId)
        ? Optional.of(
            new Image(
                ID,
                List.of(),
                List.of("sh", "-c", "echo of the image"),
                List.of("PATH=/bin", "OF=image"),
                "",
                "",
                Map.of("from", "image", "mine", "image"),
                ""))
        : Optional.empty();
  }

  @Override
  public Held hold(String imageId, Container container) {
    holders.add(container.id());
    return new Held() {
      @Override
      public List<Path> layers() {
        return List.copyOf(layers);
      }

      @Override
      public void close() {
        holders.remove(container.id());
      }
    };
  }
}
