package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.image.ImageStore;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import dev.groundhog.pouch.internal.spec.HostConfig;
import dev.groundhog.pouch.internal.spec.HostConfig.Network;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs containers with `runc`, or another program that is called as it is: isolated, as root, on
/// overlayfs. See `designs/parents.md`.
///
/// Of a container's folder it has `bundle`: what runc reads, and the container's file system, whose
/// changes stay there until the container is removed.
public final class RuncRuntime implements ContainerRuntime {
  /// As many as overlayfs of all kernels takes with Docker.
  private static final int MOST_LAYERS = 128;

  private static final int MOST_FILE_BYTES = 1 << 20;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final String RUNC_LOG = "runc.log";
  private static final String MOUNT_LOG = "mount.log";

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

  private final String program;
  private final Path states;

  private RuncRuntime(String program, Path states) {
    this.program = program;
    this.states = states;
  }

  /// @param program the path of runc
  /// @param folder of a data root, where runc keeps what it knows of containers that run
  public static RuncRuntime open(String program, Path folder)
      throws IOException, InterruptedException {
    Path states = folder.resolve(ProcessStart.boot());
    Files.createDirectories(states);
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path other : all) {
        if (!other.equals(states)) {
          Folders.delete(other); // of containers that a reboot has ended
        }
      }
    }
    return new RuncRuntime(program, states);
  }

  @Override
  public String name() {
    return "runc";
  }

  @Override
  public String path() {
    return program;
  }

  @Override
  public String storageDriver() {
    return "overlay2";
  }

  @Override
  public String warning() {
    return "";
  }

  @Override
  public void check(ContainerConfig config) {
    if (config.imageId().isEmpty()) {
      throw ImageStore.noSuchImage(config.image());
    }
  }

  @Override
  public void check(ContainerConfig config, List<Path> layers) throws IOException {
    String directory = config.process().workingDirectory();
    if (new LayeredFiles(layers.reversed()).hasFileOnTheWay(directory)) {
      throw new ApiException(
          Code.INTERNAL, "Cannot mkdir: " + directory + " is not a directory"); // as Docker
    }
  }

  @Override
  public Path pidFile(Path folder) {
    return folder.resolve("pid");
  }

  @Override
  public Launch launch(String id, ContainerConfig config, Path folder, List<Path> layers)
      throws IOException, InterruptedException {
    Path bundle = bundle(folder);
    String options = layOut(bundle, layers);
    clean(id, folder);
    writeBundle(id, config, bundle, layers);
    List<String> command =
        new ArrayList<>(List.of("unshare", "-m", "--propagation", "slave", "sh", "-c", MOUNT));
    command.addAll(List.of("runc", bundle.resolve("layers").toString(), options));
    command.addAll(runc("--log", bundle.resolve(RUNC_LOG).toString(), "--log-format", "json"));
    command.addAll(List.of("run", "--pid-file", pidFile(folder).toString()));
    command.addAll(List.of("--bundle", bundle.toString()));
    if (config.host().memoryBytes() > 0) {
      command.add("--keep"); // its group says whether it was killed for want of memory
    }
    command.add(id);
    return new Launch(
        id,
        folder,
        bundle,
        command,
        pidFile(folder),
        config.process().input() != ProcessConfig.Input.NONE,
        config.process().isTerminal());
  }

  private static Path bundle(Path folder) {
    return folder.resolve("bundle");
  }

  /// Makes the folders of a container's file system. The layers get short names, of which many go
  /// into the one page that mount(2) takes.
  ///
  /// @return how to mount it, from within the folder of those names
  private static String layOut(Path bundle, List<Path> layers) throws IOException {
    if (layers.size() > MOST_LAYERS) {
      throw new IOException("the image has more than " + MOST_LAYERS + " layers");
    }
    for (String name : List.of("rootfs", "upper", "work", "layers")) {
      Files.createDirectories(bundle.resolve(name));
    }
    List<Path> lowest = layers.isEmpty() ? List.of(bundle.resolve("nothing")) : layers;
    List<String> names = new ArrayList<>();
    for (Path layer : lowest.reversed()) {
      String name = Integer.toString(names.size(), Character.MAX_RADIX);
      Path link = bundle.resolve("layers").resolve(name);
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, layer.toAbsolutePath());
      names.add(name);
    }
    if (layers.isEmpty()) {
      Files.createDirectories(lowest.getFirst());
    }
    return "lowerdir=" + String.join(":", names) + ",upperdir=../upper,workdir=../work";
  }

  private void writeBundle(String id, ContainerConfig config, Path bundle, List<Path> layers)
      throws IOException {
    String hostname = hostname(id, config);
    Files.deleteIfExists(bundle.resolve(RUNC_LOG));
    Files.deleteIfExists(bundle.resolve(MOUNT_LOG));
    Files.writeString(bundle.resolve("hostname"), hostname + "\n");
    Files.write(bundle.resolve("resolv.conf"), ofThisMachine("/etc/resolv.conf"));
    if (config.host().network().equals(Network.NONE)) {
      Files.writeString(
          bundle.resolve("hosts"),
          "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n");
    } else {
      Files.write(bundle.resolve("hosts"), ofThisMachine("/etc/hosts"));
    }
    for (HostConfig.Bind bind : config.host().binds()) {
      makeSource(bind);
    }
    ProcessConfig process = config.process();
    Map<String, Object> spec =
        OciSpec.container(
            id,
            hostname,
            OciSpec.process(
                process,
                process.workingDirectory(),
                ContainerUser.of(process.user(), files(bundle, layers)),
                environment(hostname, process.isTerminal(), process.environment())),
            config.host(),
            bundle,
            Map.of(
                "/etc/resolv.conf", "resolv.conf",
                "/etc/hostname", "hostname",
                "/etc/hosts", "hosts"));
    Files.write(bundle.resolve("config.json"), JSON.writeValueAsBytes(spec));
  }

  @Override
  public String hostname(String id, ContainerConfig config) {
    if (!config.hostname().isEmpty()) {
      return config.hostname();
    }
    if (config.host().network().equals(Network.HOST)) {
      return HostName.get();
    }
    return ContainerRuntime.shortId(id);
  }

  private static byte[] ofThisMachine(String file) throws IOException {
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return in.readNBytes(MOST_FILE_BYTES);
    } catch (NoSuchFileException _) {
      return new byte[0];
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

  private static LayeredFiles files(Path bundle, List<Path> layers) {
    List<Path> all = new ArrayList<>(layers);
    all.add(bundle.resolve("upper"));
    return new LayeredFiles(all.reversed());
  }

  private static List<String> environment(String hostname, boolean isTerminal, List<String> own) {
    Map<String, String> all = new LinkedHashMap<>(Environments.defaults(isTerminal));
    all.put("HOSTNAME", hostname);
    Environments.put(all, own);
    return Environments.entries(all);
  }

  @Override
  public Launch exec(
      String id,
      ContainerConfig config,
      Path folder,
      ProcessConfig process,
      String execId,
      Path execFolder)
      throws IOException {
    Path bundle = bundle(folder);
    Map<String, Object> spec =
        OciSpec.process(
            process,
            process.workingDirectory(),
            ContainerUser.of(process.user(), files(bundle, mountedLayers(bundle))),
            environment(hostname(id, config), process.isTerminal(), process.environment()));
    Path specFile = execFolder.resolve("process.json");
    Path log = execFolder.resolve(RUNC_LOG);
    Files.deleteIfExists(log);
    Files.write(specFile, JSON.writeValueAsBytes(spec));
    List<String> command = runc("--log", log.toString(), "--log-format", "json");
    command.addAll(List.of("exec", "--pid-file", pidFile(execFolder).toString()));
    command.addAll(List.of("--process", specFile.toString(), id));
    return new Launch(
        execId,
        execFolder,
        folder,
        command,
        pidFile(execFolder),
        process.input() != ProcessConfig.Input.NONE,
        process.isTerminal());
  }

  /// The layers of the container's last start, bottom to top.
  private static List<Path> mountedLayers(Path bundle) throws IOException {
    List<Path> topFirst = new ArrayList<>();
    Path links = bundle.resolve("layers");
    for (int i = 0; i < MOST_LAYERS; i++) {
      Path link = links.resolve(Integer.toString(i, Character.MAX_RADIX));
      if (!Files.isSymbolicLink(link)) {
        break;
      }
      topFirst.add(Files.readSymbolicLink(link));
    }
    return topFirst.reversed();
  }

  private List<String> runc(String... arguments) {
    List<String> command = new ArrayList<>(List.of(program, "--root", states.toString()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  @Override
  public String failure(Path folder) throws IOException {
    for (Path log : List.of(folder.resolve(RUNC_LOG), bundle(folder).resolve(RUNC_LOG))) {
      String message = lastError(log);
      if (message.startsWith("runc run failed")) {
        return "failed to create shim task: OCI runtime create failed: "
            + message.replaceFirst("runc run failed", "runc create failed")
            + ": unknown"
            + (message.endsWith("not a directory")
                ? ": Are you trying to mount a directory onto a file (or vice-versa)? Check if the"
                    + " specified host path exists and is the expected type"
                : "");
      }
      if (!message.isEmpty()) {
        return "OCI runtime exec failed: " + message + ": unknown";
      }
    }
    Path mount = bundle(folder).resolve(MOUNT_LOG);
    return Files.exists(mount)
        ? new String(ofThisMachine(mount.toString()), java.nio.charset.StandardCharsets.UTF_8)
            .strip()
        : "";
  }

  private static String lastError(Path log) throws IOException {
    String last = "";
    String text =
        new String(ofThisMachine(log.toString()), java.nio.charset.StandardCharsets.UTF_8);
    for (String line : text.lines().toList()) {
      try {
        JsonNode entry = JSON.readTree(line);
        if (entry.path("level").asString("").equals("error")) {
          last = entry.path("msg").asString("").strip();
        }
      } catch (JacksonException _) {
        last = line;
      }
    }
    return last;
  }

  @Override
  public void signal(String id, long pid, int signal) throws IOException, InterruptedException {
    List<String> command = runc("kill", id, Integer.toString(signal));
    ShortCommand kill = ShortCommand.run(command);
    if (!kill.isDone() && !isGone(kill.output())) {
      throw new IOException("signal " + signal + " could not be sent: " + message(kill));
    }
  }

  /// runc tells by the start of a container's first process that its pid is not another's.
  private static boolean isGone(String output) {
    return output.contains("container does not exist")
        || output.contains("container not running")
        || output.contains("process already finished")
        || output.contains("no such process");
  }

  private static String message(ShortCommand command) {
    return command.output().strip().replaceFirst(".*msg=\"(.*)\"", "$1");
  }

  @Override
  public List<Long> processes(String id, long pid) throws IOException, InterruptedException {
    ShortCommand ps = ShortCommand.run(runc("ps", "--format", "json", id));
    if (!ps.isDone()) {
      if (isGone(ps.output())) {
        return List.of();
      }
      throw new IOException("the processes of " + id + " are not known: " + message(ps));
    }
    try {
      List<Long> pids = new ArrayList<>();
      JSON.readTree(ps.output()).forEach(each -> pids.add(each.asLong()));
      return pids;
    } catch (JacksonException e) {
      throw new IOException("the processes of " + id + " are not known: " + ps.output(), e);
    }
  }

  @Override
  public boolean wasOutOfMemory(String id) throws IOException {
    return Cgroups.wasOutOfMemory(id);
  }

  @Override
  public void clean(String id, Path folder) throws IOException, InterruptedException {
    if (Files.exists(states.resolve(id))) {
      ShortCommand delete = ShortCommand.run(runc("delete", "-f", id));
      if (!delete.isDone() && !isGone(delete.output())) {
        throw new IOException("what is left of " + id + " is not removed: " + message(delete));
      }
      Folders.delete(states.resolve(id));
    }
    Cgroups.remove(id);
  }
}
