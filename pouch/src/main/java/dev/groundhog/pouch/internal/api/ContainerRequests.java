package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.api.ApiException.Code;
import dev.groundhog.pouch.internal.engine.ContainerConfig;
import dev.groundhog.pouch.internal.engine.HostConfig;
import dev.groundhog.pouch.internal.engine.ProcessConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Reads what a client wants to run. What is not supported is refused by name, never ignored.
final class ContainerRequests {
  private static final int DEFAULT_STOP_SECONDS = 10;
  private static final String PATH =
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /// Settings that must be off, with what they are called.
  private static final Map<String, String> OF_CONFIG = Map.of("User", "another user (-u)");

  private static final Map<String, String> OF_HOST =
      Map.ofEntries(
          Map.entry("Binds", "bind mounts (-v)"),
          Map.entry("Mounts", "mounts (--mount)"),
          Map.entry("Tmpfs", "tmpfs mounts (--tmpfs)"),
          Map.entry("VolumesFrom", "volumes of others (--volumes-from)"),
          Map.entry("PortBindings", "published ports (-p)"),
          Map.entry("PublishAllPorts", "published ports (-P)"),
          Map.entry("Links", "links (--link)"),
          Map.entry("Privileged", "privileged containers (--privileged)"),
          Map.entry("ReadonlyRootfs", "a read-only root (--read-only)"),
          Map.entry("CapAdd", "capabilities (--cap-add)"),
          Map.entry("CapDrop", "capabilities (--cap-drop)"),
          Map.entry("Devices", "devices (--device)"),
          Map.entry("Memory", "a memory limit (-m)"),
          Map.entry("PidsLimit", "a limit of processes (--pids-limit)"),
          Map.entry("NanoCpus", "a limit of processors (--cpus)"),
          Map.entry("CpuQuota", "a limit of processors (--cpu-quota)"));

  private ContainerRequests() {}

  static ContainerConfig config(JsonNode body) {
    if (body.isMissingNode()) {
      throw bad("Config cannot be empty in order to create a container");
    }
    JsonNode host = body.path("HostConfig");
    refuse(body, OF_CONFIG);
    refuse(host, OF_HOST);
    String restart = host.path("RestartPolicy").path("Name").asString("");
    if (!restart.isEmpty() && !restart.equals("no")) {
      throw unsupported("restarting (--restart)");
    }
    String network = host.path("NetworkMode").asString("");
    if (!List.of("", "default", "host").contains(network)) {
      throw unsupported("the network \"" + network + "\"");
    }
    List<String> entrypoint = strings(body.path("Entrypoint"), "Entrypoint");
    List<String> arguments = strings(body.path("Cmd"), "Cmd");
    if (entrypoint.isEmpty() && arguments.isEmpty()) {
      throw bad("No command specified");
    }
    List<String> environment = new ArrayList<>(environment(strings(body.path("Env"), "Env")));
    if (environment.stream().noneMatch(entry -> entry.startsWith("PATH="))) {
      environment.addFirst(PATH);
    }
    String image = body.path("Image").asString("");
    if (image.isEmpty()) {
      throw bad("no image was named");
    }
    return new ContainerConfig(
        image,
        "",
        new ProcessConfig(
            entrypoint,
            arguments,
            environment,
            body.path("WorkingDir").asString(""),
            "",
            body.path("Tty").asBoolean(false),
            input(body)),
        new HostConfig(List.of(), 0, 0, HostConfig.Network.HOST),
        "",
        map(body.path("Labels"), "Labels"),
        logOptions(host.path("LogConfig")),
        Optional.of(body.path("StopSignal").asString(""))
            .filter(s -> !s.isEmpty())
            .orElse("SIGTERM"),
        body.path("StopTimeout").asInt(DEFAULT_STOP_SECONDS),
        host.path("AutoRemove").asBoolean(false));
  }

  /// `AttachStdin` and its like say what the client will ask for, and change nothing.
  private static ProcessConfig.Input input(JsonNode body) {
    return !body.path("OpenStdin").asBoolean(false)
        ? ProcessConfig.Input.NONE
        : body.path("StdinOnce").asBoolean(false)
            ? ProcessConfig.Input.ONCE
            : ProcessConfig.Input.OPEN;
  }

  /// The same, if each has a name.
  static List<String> environment(List<String> entries) {
    for (String entry : entries) {
      if (entry.indexOf('=') < 1) {
        throw bad("no NAME=VALUE in Env: " + entry);
      }
    }
    return entries;
  }

  private static Map<String, String> logOptions(JsonNode log) {
    String driver = log.path("Type").asString("");
    if (!driver.isEmpty() && !driver.equals("json-file")) {
      throw unsupported("the log driver \"" + driver + "\"");
    }
    return map(log.path("Config"), "LogConfig.Config");
  }

  private static void refuse(JsonNode node, Map<String, String> settings) {
    settings.forEach((name, words) -> {
      if (isSet(node.path(name))) {
        throw unsupported(words);
      }
    });
  }

  private static boolean isSet(JsonNode value) {
    if (value.isContainer()) {
      return !value.isEmpty();
    }
    return value.isBoolean()
        ? value.booleanValue()
        : value.isNumber() ? value.asLong() > 0 : !value.asString("").isEmpty();
  }

  /// Strings, or one string.
  static List<String> strings(JsonNode node, String name) {
    if (node.isMissingNode() || node.isNull()) {
      return List.of();
    }
    if (node.isString()) {
      return List.of(node.stringValue());
    }
    List<String> all = new ArrayList<>();
    for (JsonNode element : array(node, name)) {
      if (!element.isString()) {
        throw bad(name + " holds something else than strings");
      }
      all.add(element.stringValue());
    }
    return all;
  }

  private static JsonNode array(JsonNode node, String name) {
    if (!node.isArray()) {
      throw bad(name + " is no array");
    }
    return node;
  }

  private static Map<String, String> map(JsonNode node, String name) {
    if (node.isMissingNode() || node.isNull()) {
      return Map.of();
    }
    if (!node.isObject()) {
      throw bad(name + " is no object");
    }
    Map<String, String> all = new LinkedHashMap<>();
    node.properties().forEach(entry -> all.put(entry.getKey(), entry.getValue().asString("")));
    return all;
  }

  static ApiException unsupported(String what) {
    return new ApiException(Code.NOT_IMPLEMENTED, what + " is not supported");
  }

  private static ApiException bad(String message) {
    return new ApiException(Code.BAD_REQUEST, message);
  }
}
