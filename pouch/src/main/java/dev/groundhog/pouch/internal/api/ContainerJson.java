package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.HumanDuration;
import dev.groundhog.pouch.internal.engine.Container;
import dev.groundhog.pouch.internal.engine.ContainerConfig;
import dev.groundhog.pouch.internal.engine.ContainerState;
import dev.groundhog.pouch.internal.engine.ProcessConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Containers in the words of Docker's API.
final class ContainerJson {
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private ContainerJson() {}

  static Map<String, Object> inspected(Container container) {
    ContainerConfig config = container.config();
    ContainerState state = container.state();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Id", container.id());
    json.put("Created", container.created().toString());
    json.put("Path", config.process().command().getFirst());
    json.put("Args", config.process().command().subList(1, config.process().command().size()));
    json.put("State", state(state));
    json.put("Image", config.image());
    json.put("Name", "/" + container.name());
    json.put("RestartCount", 0);
    json.put("Driver", "none");
    json.put("Mounts", List.of());
    json.put("Config", config(container));
    json.put(
        "HostConfig",
        Map.of(
            "NetworkMode",
            "host",
            "AutoRemove",
            config.removeWhenEnded(),
            "LogConfig",
            Map.of("Type", "json-file", "Config", config.logOptions()),
            "RestartPolicy",
            Map.of("Name", "no", "MaximumRetryCount", 0)));
    json.put("NetworkSettings", Map.of("Networks", Map.of()));
    return json;
  }

  private static Map<String, Object> state(ContainerState state) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Status", status(state));
    json.put("Running", state.isRunning());
    json.put("Paused", false);
    json.put("Restarting", false);
    json.put("OOMKilled", false);
    json.put("Dead", false);
    json.put("Pid", state.pid());
    json.put("ExitCode", state.exitCode());
    json.put("Error", "");
    json.put("StartedAt", state.startedAt().map(Instant::toString).orElse(NEVER));
    json.put("FinishedAt", state.finishedAt().map(Instant::toString).orElse(NEVER));
    return json;
  }

  private static String status(ContainerState state) {
    return state.status().name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> config(Container container) {
    ContainerConfig config = container.config();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Hostname", container.id().substring(0, 12));
    json.put("User", "");
    ProcessConfig process = config.process();
    json.put("AttachStdin", process.input() == ProcessConfig.Input.ONCE);
    json.put("AttachStdout", true);
    json.put("AttachStderr", true);
    json.put("Tty", process.isTerminal());
    json.put("OpenStdin", process.input() != ProcessConfig.Input.NONE);
    json.put("StdinOnce", process.input() == ProcessConfig.Input.ONCE);
    json.put("Env", config.process().environment());
    json.put("Cmd", config.process().command());
    json.put("Image", config.image());
    json.put("WorkingDir", config.process().workingDirectory());
    json.put("Labels", config.labels());
    return json;
  }

  static Map<String, Object> listed(Container container, Instant now) {
    ContainerConfig config = container.config();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Id", container.id());
    json.put("Names", List.of("/" + container.name()));
    json.put("Image", config.image());
    json.put("ImageID", config.image());
    json.put("Command", String.join(" ", config.process().command()));
    json.put("Created", container.created().getEpochSecond());
    json.put("Ports", List.of());
    json.put("Labels", config.labels());
    json.put("State", status(container.state()));
    json.put("Status", words(container.state(), now));
    json.put("HostConfig", Map.of("NetworkMode", "host"));
    json.put("NetworkSettings", Map.of("Networks", Map.of()));
    json.put("Mounts", List.of());
    return json;
  }

  private static String words(ContainerState state, Instant now) {
    return switch (state.status()) {
      case CREATED -> "Created";
      case RUNNING -> "Up " + since(state.startedAt(), now);
      case EXITED -> "Exited (" + state.exitCode() + ") " + since(state.finishedAt(), now) + " ago";
    };
  }

  private static String since(Optional<Instant> then, Instant now) {
    return HumanDuration.of(Duration.between(then.orElse(now), now));
  }
}
