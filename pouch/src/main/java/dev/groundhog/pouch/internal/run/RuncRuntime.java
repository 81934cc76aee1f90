package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.image.ImageStore;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import dev.groundhog.pouch.internal.spec.HostConfig.Network;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Runs containers with `runc`, or another program that is called as it is: isolated, as root, on
/// overlayfs. See `designs/parents.md`.
///
/// [RuncProgram] is how runc is called, and [Bundle] what it reads of a container.
public final class RuncRuntime implements ContainerRuntime {
  private final RuncProgram runc;

  private RuncRuntime(RuncProgram runc) {
    this.runc = runc;
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
    RuncProgram runc = new RuncProgram(program, states);
    runc.require();
    return new RuncRuntime(runc);
  }

  @Override
  public String name() {
    return "runc";
  }

  @Override
  public String path() {
    return runc.path();
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
    if (layers.isEmpty()) {
      throw new ApiException(
          Code.CONFLICT, "it was made with the runtime process, and has no files of its own");
    }
    Bundle bundle = Bundle.of(folder);
    String options = bundle.layOut(layers);
    clean(id, folder);
    bundle.write(id, hostname(id, config), config, layers);
    List<String> command = new ArrayList<>(bundle.mount(options));
    command.addAll(runc.logging(bundle.log(), "run", "--pid-file", pidFile(folder).toString()));
    command.addAll(List.of("--bundle", bundle.folder().toString()));
    if (config.host().memoryBytes() > 0) {
      command.add("--keep"); // its group says whether it was killed for want of memory
    }
    command.add(id);
    return new Launch(
        id,
        folder,
        bundle.folder(),
        command,
        pidFile(folder),
        config.process().input() != ProcessConfig.Input.NONE,
        config.process().isTerminal());
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

  @Override
  public Launch exec(
      String id,
      ContainerConfig config,
      Path folder,
      ProcessConfig process,
      String execId,
      Path execFolder)
      throws IOException {
    Path specFile = execFolder.resolve("process.json");
    Bundle.of(folder).writeProcess(process, hostname(id, config), specFile);
    Path log = execFolder.resolve(RuncProgram.LOG);
    Files.deleteIfExists(log);
    List<String> command = runc.logging(log, "exec", "--pid-file", pidFile(execFolder).toString());
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

  @Override
  public String failure(Path folder) throws IOException {
    for (Path log : List.of(folder.resolve(RuncProgram.LOG), Bundle.of(folder).log())) {
      String message = RuncProgram.lastError(log);
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
    return SmallFile.text(Bundle.of(folder).mountLog()).strip();
  }

  @Override
  public void signal(String id, long pid, int signal) throws IOException, InterruptedException {
    runc.signal(id, signal);
  }

  @Override
  public List<Long> processes(String id, long pid) throws IOException, InterruptedException {
    return runc.processes(id);
  }

  @Override
  public boolean wasOutOfMemory(String id) throws IOException {
    return Cgroups.wasOutOfMemory(id);
  }

  @Override
  public void clean(String id, Path folder) throws IOException, InterruptedException {
    runc.delete(id);
    Cgroups.remove(id);
  }
}
