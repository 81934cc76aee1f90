package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.engine.ContainerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

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
  public Launch launch(String id, ContainerConfig config, Path folder) throws IOException {
    Path directory =
        config.workingDirectory().isEmpty()
            ? Files.createDirectories(folder.resolve("directory"))
            : Path.of(config.workingDirectory());
    List<String> command = new ArrayList<>(List.of("env", "-i"));
    command.addAll(config.environment());
    command.addAll(
        List.of("sh", "-c", "exec \"$@\"", "container")); // a command may have a = in its name
    command.addAll(config.command());
    return new Launch(id, folder, directory, command);
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
