package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import dev.groundhog.pouch.internal.spec.HostConfig;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Runs a container's command as a plain process of this user, with this machine's file system and
/// network. For where there is no root or no runc.
public final class ProcessRuntime implements ContainerRuntime {
  @Override
  public String name() {
    return "process";
  }

  @Override
  public String path() {
    return "";
  }

  @Override
  public String storageDriver() {
    return "none";
  }

  @Override
  public String warning() {
    return "the runtime \"process\" isolates nothing: containers are processes of this user, with"
        + " this machine's files and network";
  }

  @Override
  public void check(ContainerConfig config) {
    HostConfig host = config.host();
    refuse(!config.imageId().isEmpty(), "the files of an image");
    refuse(!config.process().user().isEmpty(), "another user (-u)");
    refuse(!config.hostname().isEmpty(), "a host name of its own (-h)");
    refuse(!host.binds().isEmpty(), "bind mounts (-v)");
    refuse(host.memoryBytes() > 0, "a memory limit (-m)");
    refuse(host.pidsLimit() > 0, "a limit of processes (--pids-limit)");
    refuse(host.isRootReadOnly(), "a read-only root (--read-only)");
    refuse(host.network().equals(HostConfig.Network.NONE), "a network of its own (--network none)");
    requirePaths(config.process());
  }

  private static void requirePaths(ProcessConfig process) {
    requirePath(process.workingDirectory());
    process.command().stream().limit(1).forEach(ProcessRuntime::requirePath);
  }

  /// Not every name is one of a file in every locale: this process's is that of who started it.
  private static void requirePath(String name) {
    try {
      Path _ = Path.of(name);
    } catch (InvalidPathException e) {
      throw new ApiException(
          ApiException.Code.BAD_REQUEST,
          "no file can be named " + name + " in this daemon's locale: " + e.getReason(),
          e);
    }
  }

  private void refuse(boolean isAsked, String what) {
    if (isAsked) {
      throw new ApiException(
          ApiException.Code.NOT_IMPLEMENTED,
          "the runtime \"process\" isolates nothing, and refuses " + what);
    }
  }

  @Override
  public void check(ContainerConfig config, List<Path> layers) {
    // it has no files but this machine's
  }

  @Override
  public Launch launch(String id, ContainerConfig config, Path folder, List<Path> layers)
      throws IOException {
    check(config); // it may have been made with another runtime
    return launch(id, config.process(), folder, folder);
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
    refuse(!process.user().isEmpty(), "another user (-u)");
    requirePaths(process);
    return launch(execId, process, execFolder, folder);
  }

  private Launch launch(String id, ProcessConfig process, Path folder, Path containerFolder)
      throws IOException {
    Path directory =
        process.workingDirectory().isEmpty()
            ? Folders.make(containerFolder.resolve("directory"))
            : Path.of(process.workingDirectory());
    if (!Files.isDirectory(directory)) {
      throw new ApiException(
          ApiException.Code.BAD_REQUEST,
          "chdir to cwd (\"" + directory + "\") failed: no such file or directory");
    }
    Map<String, String> variables =
        new LinkedHashMap<>(Environments.defaults(process.isTerminal()));
    Environments.put(variables, process.environment());
    refuseMissing(process.command().getFirst(), directory, variables.getOrDefault("PATH", ""));
    List<String> command = new ArrayList<>(List.of("env", "-i"));
    command.addAll(Environments.entries(variables));
    command.addAll(
        List.of("sh", "-c", "exec \"$@\"", "container")); // a command may have a = in its name
    command.addAll(process.command());
    return new Launch(
        id,
        folder,
        directory,
        command,
        pidFile(folder),
        process.input() != ProcessConfig.Input.NONE,
        process.isTerminal());
  }

  /// A shell would say so too late, and only by an exit code that a command may have itself.
  private static void refuseMissing(String program, Path directory, String searched) {
    if (program.contains("/")) {
      Path file = directory.resolve(program);
      if (!Files.exists(file)) {
        throw notStarted(program, "stat " + program + ": no such file or directory");
      }
      if (!isExecutable(file)) {
        throw notStarted(program, "permission denied");
      }
      return;
    }
    boolean isFound =
        Stream.of(searched.split(":", -1))
            .anyMatch(folder -> isExecutable(directory, folder, program));
    if (program.isEmpty() || !isFound) {
      throw notStarted(program, "executable file not found in $PATH");
    }
  }

  private static boolean isExecutable(Path directory, String folder, String program) {
    try {
      return isExecutable(directory.resolve(folder).resolve(program));
    } catch (InvalidPathException _) {
      return false; // a folder of PATH that has no name in this locale
    }
  }

  private static boolean isExecutable(Path file) {
    return Files.isRegularFile(file) && Files.isExecutable(file);
  }

  private static ApiException notStarted(String program, String why) {
    return new ApiException(
        ApiException.Code.BAD_REQUEST,
        "unable to start container process: exec: \"" + program + "\": " + why);
  }

  @Override
  public Path pidFile(Path folder) {
    return Launch.leaderFile(folder);
  }

  @Override
  public String hostname(String id, ContainerConfig config) {
    return ContainerRuntime.shortId(id);
  }

  @Override
  public String failure(Path folder) {
    return "";
  }

  @Override
  public List<Long> processes(String id, long pid) {
    return ProcessHandle.of(pid)
        .map(first -> Stream.concat(Stream.of(first), first.descendants()))
        .orElseGet(Stream::empty)
        .map(ProcessHandle::pid)
        .toList();
  }

  @Override
  public boolean wasOutOfMemory(String id) {
    return false;
  }

  @Override
  public void clean(String id, Path folder) {
    // its parent has killed what it left
  }

  @Override
  public void signal(String id, long pid, int signal) throws IOException, InterruptedException {
    ShortCommand kill =
        ShortCommand.run(List.of("kill", "-s", Integer.toString(signal), Long.toString(pid)));
    if (!kill.isDone() && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
      throw new IOException("signal " + signal + " could not be sent: " + kill.output().strip());
    }
  }
}
