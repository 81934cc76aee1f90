package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import dev.groundhog.pouch.internal.spec.HostConfig;
import dev.groundhog.pouch.internal.spec.HostConfig.Network;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What runc reads of a container, and the container's file system, whose changes stay there until
/// the container is removed.
///
/// @param folder the bundle's own, in the container's
record Bundle(Path folder) {
  /// As many as overlayfs of all kernels takes with Docker.
  private static final int MOST_LAYERS = 128;

  /// Mounts a container's file system where nobody else sees it, and becomes runc. So no mount is
  /// left when all of the container's processes are gone, however they went. mount(2) of old, since
  /// the new calls take no more than 256 bytes of names.
  private static final String MOUNT =
      """
      cd "$1" || exit 125
      LIBMOUNT_FORCE_MOUNT2=always mount -t overlay -o "$2" overlay ../rootfs 2> ../mount.log || exit 125
      cd ..
      shift 2
      exec "$@"\
      """;

  static Bundle of(Path containerFolder) {
    return new Bundle(containerFolder.resolve("bundle"));
  }

  /// What runc says of the container.
  Path log() {
    return folder.resolve(RuncProgram.LOG);
  }

  /// What mount says where it fails.
  Path mountLog() {
    return folder.resolve("mount.log");
  }

  /// The command before runc's own.
  ///
  /// @param options of [#layOut]
  List<String> mount(String options) {
    return List.of(
        "unshare",
        "-m",
        "--propagation",
        "slave",
        "sh",
        "-c",
        MOUNT,
        "runc",
        folder.resolve("layers").toString(),
        options);
  }

  /// Makes the folders of a container's file system. The layers get short names, of which many go
  /// into the one page that mount(2) takes.
  ///
  /// @return how to mount it, from within the folder of those names
  String layOut(List<Path> layers) throws IOException {
    if (layers.size() > MOST_LAYERS) {
      throw new IOException("the image has more than " + MOST_LAYERS + " layers");
    }
    for (String name : List.of("rootfs", "upper", "work", "layers")) {
      Files.createDirectories(folder.resolve(name));
    }
    List<Path> lowest = layers.isEmpty() ? List.of(folder.resolve("nothing")) : layers;
    List<String> names = new ArrayList<>();
    for (Path layer : lowest.reversed()) {
      String name = Integer.toString(names.size(), Character.MAX_RADIX);
      Path link = folder.resolve("layers").resolve(name);
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, layer.toAbsolutePath());
      names.add(name);
    }
    if (layers.isEmpty()) {
      Files.createDirectories(lowest.getFirst());
    }
    return "lowerdir=" + String.join(":", names) + ",upperdir=../upper,workdir=../work";
  }

  /// @param layers bottom to top
  void write(String id, String hostname, ContainerConfig config, List<Path> layers)
      throws IOException {
    Files.deleteIfExists(log());
    Files.deleteIfExists(mountLog());
    writeOwnFiles(hostname, config.host().network());
    for (HostConfig.Bind bind : config.host().binds()) {
      makeSource(bind);
    }
    Map<String, Object> spec =
        OciSpec.container(
            id,
            hostname,
            process(config.process(), hostname, layers),
            config.host(),
            folder,
            Map.of(
                "/etc/resolv.conf", "resolv.conf",
                "/etc/hostname", "hostname",
                "/etc/hosts", "hosts"));
    Files.write(folder.resolve("config.json"), RuncProgram.JSON.writeValueAsBytes(spec));
  }

  private void writeOwnFiles(String hostname, Network network) throws IOException {
    Files.writeString(folder.resolve("hostname"), hostname + "\n");
    Files.write(folder.resolve("resolv.conf"), SmallFile.bytes(Path.of("/etc/resolv.conf")));
    if (network.equals(Network.NONE)) {
      Files.writeString(
          folder.resolve("hosts"),
          "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
    } else {
      Files.write(folder.resolve("hosts"), SmallFile.bytes(Path.of("/etc/hosts")));
    }
  }

  private static void makeSource(HostConfig.Bind bind) throws IOException {
    Path source = Path.of(bind.source());
    if (Files.exists(source)) {
      return;
    }
    switch (bind.form()) {
      case VOLUME -> Files.createDirectories(source);
      case MOUNT ->
          throw new ApiException(
              Code.BAD_REQUEST,
              "invalid mount config for type \"bind\": bind source path does not exist: "
                  + bind.source());
    }
  }

  /// A further process of the container as it was started last, as `runc exec` reads it.
  void writeProcess(ProcessConfig process, String hostname, Path file) throws IOException {
    Map<String, Object> spec = process(process, hostname, mountedLayers());
    Files.write(file, RuncProgram.JSON.writeValueAsBytes(spec));
  }

  private Map<String, Object> process(ProcessConfig process, String hostname, List<Path> layers)
      throws IOException {
    List<Path> all = new ArrayList<>(layers);
    all.add(folder.resolve("upper"));
    return OciSpec.process(
        process,
        process.workingDirectory(),
        ContainerUser.of(process.user(), new LayeredFiles(all.reversed())),
        environment(hostname, process));
  }

  private static List<String> environment(String hostname, ProcessConfig process) {
    Map<String, String> all = new LinkedHashMap<>(Environments.defaults(process.isTerminal()));
    all.put("HOSTNAME", hostname);
    Environments.put(all, process.environment());
    return Environments.entries(all);
  }

  /// The layers of the container's last start, bottom to top.
  private List<Path> mountedLayers() throws IOException {
    List<Path> topFirst = new ArrayList<>();
    Path links = folder.resolve("layers");
    for (int i = 0; i < MOST_LAYERS; i++) {
      Path link = links.resolve(Integer.toString(i, Character.MAX_RADIX));
      if (!Files.isSymbolicLink(link)) {
        break;
      }
      topFirst.add(Files.readSymbolicLink(link));
    }
    return topFirst.reversed();
  }
}
