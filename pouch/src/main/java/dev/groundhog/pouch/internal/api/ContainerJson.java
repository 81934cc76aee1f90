package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.HumanDuration;
import dev.groundhog.pouch.internal.engine.Container;
import dev.groundhog.pouch.internal.engine.ContainerState;
import dev.groundhog.pouch.internal.run.ContainerRuntime;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import dev.groundhog.pouch.internal.spec.HostConfig;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Containers in the words of Docker's API.
final class ContainerJson {
  private static final String NEVER = "0001-01-01T00:00:00Z";

  private ContainerJson() {}

  static Map<String, Object> inspected(Container container, ContainerRuntime runtime) {
    ContainerConfig config = container.config();
    boolean hasImage = !config.imageId().isEmpty();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Id", container.id());
    json.put("Created", container.created().toString());
    json.put("Path", config.process().command().getFirst());
    json.put("Args", config.process().command().subList(1, config.process().command().size()));
    json.put("State", state(container.state()));
    json.put("Image", hasImage ? config.imageId() : config.image());
    json.put("Name", "/" + container.name());
    json.put("RestartCount", 0);
    json.put("Driver", runtime.storageDriver());
    json.put("Platform", "linux");
    json.put("Mounts", config.host().binds().stream().map(ContainerJson::mount).toList());
    json.put("Config", config(container, runtime));
    json.put("HostConfig", host(config, runtime));
    json.put("NetworkSettings", Map.of("Networks", Map.of()));
    return json;
  }

  private static Map<String, @Nullable Object> host(
      ContainerConfig config, ContainerRuntime runtime) {
    HostConfig host = config.host();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put(
        "Binds",
        host.binds().stream()
            .filter(bind -> bind.form() == HostConfig.Form.VOLUME)
            .map(bind ->
                bind.source()
                    + ":"
                    + bind.target()
                    + (bind.mode().isEmpty() ? "" : ":" + bind.mode()))
            .toList());
    json.put(
        "Mounts",
        host.binds().stream()
            .filter(bind -> bind.form() == HostConfig.Form.MOUNT)
            .map(bind ->
                Map.of(
                    "Type",
                    "bind",
                    "Source",
                    bind.source(),
                    "Target",
                    bind.target(),
                    "ReadOnly",
                    bind.isReadOnly()))
            .toList());
    json.put("NetworkMode", host.network().name());
    json.put("AutoRemove", config.removeWhenEnded());
    json.put("LogConfig", Map.of("Type", "json-file", "Config", config.logOptions()));
    json.put("RestartPolicy", Map.of("Name", "no", "MaximumRetryCount", 0));
    json.put("Runtime", runtime.name());
    json.put("Memory", host.memoryBytes());
    json.put("MemorySwap", 2 * host.memoryBytes());
    json.put("PidsLimit", host.pidsLimit() > 0 ? host.pidsLimit() : null);
    json.put("Privileged", false);
    json.put("ReadonlyRootfs", host.isRootReadOnly());
    return json;
  }

  private static Map<String, Object> mount(HostConfig.Bind bind) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Type", "bind");
    json.put("Source", bind.source());
    json.put("Destination", bind.target());
    json.put("Mode", bind.mode());
    json.put("RW", !bind.isReadOnly());
    json.put("Propagation", "rprivate");
    return json;
  }

  private static Map<String, Object> state(ContainerState state) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Status", status(state));
    json.put("Running", state.isRunning());
    json.put("Paused", false);
    json.put("Restarting", false);
    json.put("OOMKilled", state.wasOutOfMemory());
    json.put("Dead", false);
    json.put("Pid", state.pid());
    json.put("ExitCode", state.exitCode());
    json.put("Error", state.error());
    json.put("StartedAt", state.startedAt().map(Instant::toString).orElse(NEVER));
    json.put("FinishedAt", state.finishedAt().map(Instant::toString).orElse(NEVER));
    return json;
  }

  private static String status(ContainerState state) {
    return state.status().name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, @Nullable Object> config(
      Container container, ContainerRuntime runtime) {
    ContainerConfig config = container.config();
    ProcessConfig process = config.process();
    Map<String, @Nullable Object> json = new LinkedHashMap<>();
    json.put("Hostname", runtime.hostname(container.id(), config));
    json.put("User", process.user());
    json.put("AttachStdin", process.input() == ProcessConfig.Input.ONCE);
    json.put("AttachStdout", true);
    json.put("AttachStderr", true);
    json.put("Tty", process.isTerminal());
    json.put("OpenStdin", process.input() != ProcessConfig.Input.NONE);
    json.put("StdinOnce", process.input() == ProcessConfig.Input.ONCE);
    json.put("Env", config.process().environment());
    json.put("Entrypoint", orNull(config.process().entrypoint()));
    json.put("Cmd", orNull(config.process().arguments()));
    json.put("Image", config.image());
    json.put("WorkingDir", config.process().workingDirectory());
    json.put("Labels", config.labels());
    json.put("StopSignal", config.stopSignal());
    return json;
  }

  private static @Nullable List<String> orNull(List<String> words) {
    return words.isEmpty() ? null : words;
  }

  static Map<String, Object> listed(Container container, Instant now) {
    ContainerConfig config = container.config();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Id", container.id());
    json.put("Names", List.of("/" + container.name()));
    json.put("Image", config.image());
    json.put("ImageID", config.imageId()); // empty for this machine's own files
    json.put("Command", commandLine(config.process().command()));
    json.put("Created", container.created().getEpochSecond());
    json.put("Ports", List.of());
    json.put("Labels", config.labels());
    json.put("State", status(container.state()));
    json.put("Status", words(container.state(), now));
    json.put("HostConfig", Map.of("NetworkMode", config.host().network().name()));
    json.put("NetworkSettings", Map.of("Networks", Map.of()));
    json.put("Mounts", config.host().binds().stream().map(ContainerJson::mount).toList());
    return json;
  }

  /// For people: Docker quotes what has a space, and nothing else.
  static String commandLine(List<String> command) {
    return Stream.concat(
            command.stream().limit(1),
            command.stream().skip(1).map(word -> word.contains(" ") ? "'" + word + "'" : word))
        .collect(Collectors.joining(" "));
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
