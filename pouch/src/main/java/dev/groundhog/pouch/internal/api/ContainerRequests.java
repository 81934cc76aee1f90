package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.image.Image;
import dev.groundhog.pouch.internal.image.ImageConfig;
import dev.groundhog.pouch.internal.image.ImageStore;
import dev.groundhog.pouch.internal.run.Signals;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Reads what a client wants to run. What is not supported is refused by name, never ignored.
final class ContainerRequests {
  private static final int DEFAULT_STOP_SECONDS = 10;
  private static final int MOST_HOSTNAME = 64;
  private static final int DELETE = 127;
  private static final String DEFAULT_STOP_SIGNAL = "SIGTERM";

  /// Settings that are read, or mean nothing for how a container runs.
  private static final Set<String> KNOWN =
      Set.of(
          "ArgsEscaped",
          "AttachStderr",
          "AttachStdin",
          "AttachStdout",
          "Cmd",
          "Entrypoint",
          "Env",
          "ExposedPorts",
          "HostConfig",
          "Hostname",
          "Image",
          "Labels",
          "NetworkingConfig",
          "OpenStdin",
          "StdinOnce",
          "StopSignal",
          "StopTimeout",
          "Tty",
          "User",
          "WorkingDir");

  /// Settings that must be off, with what they are called.
  private static final Map<String, String> REFUSED =
      Map.of("Volumes", "volumes (-v PATH)", "Healthcheck", "health checks (--health-cmd)");

  private ContainerRequests() {}

  /// @param images where the image may be, whose settings then stand for those that are missing
  static ContainerConfig config(JsonNode body, ImageStore images) {
    if (body.isMissingNode()) {
      throw bad("Config cannot be empty in order to create a container");
    }
    JsonNode host = body.path("HostConfig");
    refuseOthers(body, KNOWN, REFUSED, "Config");
    String name = text(body, "Image");
    if (name.isEmpty()) {
      throw bad("no image was named");
    }
    Optional<Image> found = images.resolve(name);
    Optional<ImageConfig> image = found.map(Image::config);
    Command command = Command.of(body, image);
    List<String> environment = environment(strings(body.path("Env"), "Env"), image);
    Map<String, String> labels =
        new LinkedHashMap<>(image.map(ImageConfig::labels).orElse(Map.of()));
    labels.putAll(map(body.path("Labels"), "Labels"));
    String stopSignal = text(body, "StopSignal", image.map(ImageConfig::stopSignal));
    if (stopSignal.isEmpty()) {
      stopSignal = DEFAULT_STOP_SIGNAL;
    }
    int _ = Signals.number(stopSignal); // or it is refused now
    String workingDirectory = text(body, "WorkingDir", image.map(ImageConfig::workingDirectory));
    if (!workingDirectory.isEmpty() && !workingDirectory.startsWith("/")) {
      throw bad(
          "the working directory '"
              + workingDirectory
              + "' is invalid, it needs to be an absolute path");
    }
    return new ContainerConfig(
        name,
        found.map(Image::id).orElse(""),
        new ProcessConfig(
            command.entrypoint(),
            command.arguments(),
            environment,
            workingDirectory,
            text(body, "User", image.map(ImageConfig::user)),
            body.path("Tty").asBoolean(false),
            input(body)),
        HostRequests.config(host),
        hostname(body.path("Hostname").asString("")),
        labels,
        logOptions(host.path("LogConfig")),
        stopSignal,
        body.path("StopTimeout").asInt(DEFAULT_STOP_SECONDS),
        host.path("AutoRemove").asBoolean(false));
  }

  private static String text(JsonNode body, String name, Optional<String> ofImage) {
    String own = text(body, name);
    return own.isEmpty() ? ofImage.orElse("") : own;
  }

  /// Empty if it is not there.
  static String text(JsonNode body, String name) {
    return checked(body.path(name).asString(""), name);
  }

  /// What a kernel can take.
  private static String checked(String text, String name) {
    if (text.indexOf('\0') >= 0) {
      throw bad(name + " holds a NUL");
    }
    return text;
  }

  private static String hostname(String name) {
    if (name.length() > MOST_HOSTNAME || name.chars().anyMatch(c -> c <= ' ' || c == DELETE)) {
      throw bad("invalid hostname: " + name);
    }
    return name;
  }

  /// What is run: as Docker puts together what a client and an image say.
  private record Command(List<String> entrypoint, List<String> arguments) {
    static Command of(JsonNode body, Optional<ImageConfig> image) {
      List<String> entrypoint = strings(body.path("Entrypoint"), "Entrypoint");
      List<String> arguments = strings(body.path("Cmd"), "Cmd");
      boolean isSaid = body.path("Entrypoint").isArray() || !entrypoint.isEmpty();
      if (entrypoint.isEmpty() && arguments.isEmpty()) {
        arguments = image.map(ImageConfig::command).orElse(List.of());
      }
      if (!isSaid) {
        entrypoint = image.map(ImageConfig::entrypoint).orElse(List.of());
      }
      if (entrypoint.equals(List.of(""))) {
        entrypoint = List.of(); // --entrypoint ""
      }
      return new Command(entrypoint, arguments);
    }
  }

  /// The client's, and those of the image that it does not name.
  private static List<String> environment(List<String> own, Optional<ImageConfig> image) {
    Set<String> names =
        environment(own).stream()
            .map(ContainerRequests::variable)
            .collect(Collectors.toUnmodifiableSet());
    List<String> all = new ArrayList<>(own);
    image.map(ImageConfig::environment).orElse(List.of()).stream()
        .filter(entry -> !names.contains(variable(entry)))
        .forEach(all::add);
    return all;
  }

  /// The same, if each has a name.
  static List<String> environment(List<String> entries) {
    for (String entry : entries) {
      if (entry.isEmpty() || entry.startsWith("=")) {
        throw bad("no NAME=VALUE in Env: " + entry);
      }
    }
    return entries;
  }

  private static String variable(String entry) {
    int equals = entry.indexOf('=');
    return equals < 0 ? entry : entry.substring(0, equals);
  }

  /// `AttachStdin` and its like say what the client will ask for, and change nothing.
  private static ProcessConfig.Input input(JsonNode body) {
    return !body.path("OpenStdin").asBoolean(false)
        ? ProcessConfig.Input.NONE
        : body.path("StdinOnce").asBoolean(false)
            ? ProcessConfig.Input.ONCE
            : ProcessConfig.Input.OPEN;
  }

  private static Map<String, String> logOptions(JsonNode log) {
    String driver = log.path("Type").asString("");
    if (!driver.isEmpty() && !driver.equals("json-file")) {
      throw unsupported("the log driver \"" + driver + "\"");
    }
    return map(log.path("Config"), "LogConfig.Config");
  }

  /// Refuses what is set and not read.
  ///
  /// @param names what some of them are called
  /// @param whole what they are parts of
  static void refuseOthers(
      JsonNode node, Set<String> known, Map<String, String> names, String whole) {
    if (node.isMissingNode() || node.isNull()) {
      return;
    }
    if (!node.isObject()) {
      throw bad(whole + " is no object");
    }
    node.properties()
        .forEach(entry -> {
          String name = entry.getKey();
          if (!known.contains(name) && isSet(entry.getValue())) {
            throw unsupported(names.getOrDefault(name, "the setting " + whole + "." + name));
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
      return List.of(checked(node.stringValue(), name));
    }
    List<String> all = new ArrayList<>();
    for (JsonNode element : array(node, name)) {
      if (!element.isString()) {
        throw bad(name + " holds something else than strings");
      }
      all.add(checked(element.stringValue(), name));
    }
    return all;
  }

  static JsonNode array(JsonNode node, String name) {
    if (!node.isArray()) {
      throw bad(name + " is no array");
    }
    return node;
  }

  static Map<String, String> map(JsonNode node, String name) {
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

  static ApiException bad(String message) {
    return new ApiException(Code.BAD_REQUEST, message);
  }
}
