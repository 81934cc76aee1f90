package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.api.ApiException;
import dev.groundhog.pouch.internal.engine.ContainerConfig;
import dev.groundhog.pouch.internal.engine.HostConfig;
import dev.groundhog.pouch.internal.engine.ProcessConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Runs a container's command as a plain process of this user, with this machine's file system and
/// network. For where there is no root or no runc.
public final class ProcessRuntime implements ContainerRuntime {
  private static final int SIGNAL_SECONDS = 10;

  @Override
  public String name() {
    return "process";
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
    refuse(host.network() == HostConfig.Network.NONE, "a network of its own (--network none)");
  }

  private void refuse(boolean isAsked, String what) {
    if (isAsked) {
      throw new ApiException(
          ApiException.Code.NOT_IMPLEMENTED,
          "the runtime \"process\" isolates nothing, so it has not " + what);
    }
  }

  @Override
  public Launch launch(String id, ContainerConfig config, Path folder, List<Path> layers)
      throws IOException {
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
    return launch(execId, process, execFolder, folder);
  }

  private static Launch launch(String id, ProcessConfig process, Path folder, Path containerFolder)
      throws IOException {
    Path directory =
        process.workingDirectory().isEmpty()
            ? Files.createDirectories(containerFolder.resolve("directory"))
            : Path.of(process.workingDirectory());
    List<String> command = new ArrayList<>(List.of("env", "-i"));
    command.addAll(process.environment());
    command.addAll(
        List.of("sh", "-c", "exec \"$@\"", "container")); // a command may have a = in its name
    command.addAll(process.command());
    return new Launch(
        id,
        folder,
        directory,
        command,
        Launch.leaderFile(folder),
        process.input() != ProcessConfig.Input.NONE,
        process.isTerminal());
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
  public void clean(String id, Path folder) {
    // its parent has killed what it left
  }

  @Override
  public void signal(String id, long pid, String signal) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-s", signal, Long.toString(pid))
            .redirectErrorStream(true)
            .start();
    kill.getOutputStream().close();
    String output =
        new String(kill.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    boolean isSent = kill.waitFor(SIGNAL_SECONDS, TimeUnit.SECONDS) && kill.exitValue() == 0;
    if (!isSent && ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
      throw new IOException("signal " + signal + " could not be sent: " + output.strip());
    }
  }
}
