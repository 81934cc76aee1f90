package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.image.Image;
import dev.groundhog.pouch.internal.image.ImageConfig;
import dev.groundhog.pouch.internal.image.ImageStore;
import dev.groundhog.pouch.internal.run.Signals;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.nio.charset.StandardCharsets;
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
  private static final int MOST_SECONDS = Integer.MAX_VALUE;
  private static final int MOST_HOSTNAME = 64;
  private static final int DELETE = 127;
  private static final String DEFAULT_STOP_SIGNAL = "SIGTERM";

  /// Linux takes no longer one of a new process (`MAX_ARG_STRLEN`, with the NUL).
  private static final int MOST_STRING_BYTES = (128 << 10) - 1;

  /// Linux takes 2 MiB in all where the stack's limit is the usual 8 MiB; the rest is left to what
  /// stands around the command.
  private static final int MOST_PROCESS_BYTES = 1 << 20;

  /// The NUL and the pointer.
  private static final int OVERHEAD_BYTES = 9;

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
      throw Fields.bad("Config cannot be empty in order to create a container");
    }
    JsonNode host = Fields.object(body, "HostConfig");
    Fields.refuseOthers(body, KNOWN, REFUSED, "Config");
    String name = Fields.text(body, "Image");
    if (name.isEmpty()) {
      throw Fields.bad("no image was named");
    }
    Optional<Image> found = images.resolve(name);
    Optional<ImageConfig> image = found.map(Image::config);
    Command command = Command.of(body, image);
    List<String> environment = environment(Fields.strings(body, "Env"), image);
    Map<String, String> labels =
        new LinkedHashMap<>(image.map(ImageConfig::labels).orElse(Map.of()));
    labels.putAll(Fields.map(body, "Labels"));
    String stopSignal = text(body, "StopSignal", image.map(ImageConfig::stopSignal));
    if (stopSignal.isEmpty()) {
      stopSignal = DEFAULT_STOP_SIGNAL;
    }
    int _ = Signals.number(stopSignal); // or it is refused now
    String workingDirectory = text(body, "WorkingDir", image.map(ImageConfig::workingDirectory));
    return new ContainerConfig(
        name,
        found.map(Image::id).orElse(""),
        fitting(
            new ProcessConfig(
                command.entrypoint(),
                command.arguments(),
                environment,
                workingDirectory,
                text(body, "User", image.map(ImageConfig::user)),
                Fields.flag(body, "Tty"),
                input(body))),
        HostRequests.config(host),
        hostname(Fields.text(body, "Hostname")),
        labels,
        logOptions(Fields.object(host, "LogConfig")),
        stopSignal,
        (int) Math.max(-1, Fields.number(body, "StopTimeout", DEFAULT_STOP_SECONDS, MOST_SECONDS)),
        Fields.flag(host, "AutoRemove"));
  }

  private static String text(JsonNode body, String name, Optional<String> ofImage) {
    String own = Fields.text(body, name);
    return own.isEmpty() ? ofImage.orElse("") : own;
  }

  private static String hostname(String name) {
    if (name.length() > MOST_HOSTNAME || name.chars().anyMatch(c -> c <= ' ' || c == DELETE)) {
      throw Fields.bad("invalid hostname: " + name);
    }
    return name;
  }

  /// What is run: as Docker puts together what a client and an image say.
  private record Command(List<String> entrypoint, List<String> arguments) {
    static Command of(JsonNode body, Optional<ImageConfig> image) {
      List<String> entrypoint = Fields.strings(body, "Entrypoint");
      List<String> arguments = Fields.strings(body, "Cmd");
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

  /// The same, if its directory is absolute, and a kernel can take its command and environment.
  /// Else no start could tell why.
  static ProcessConfig fitting(ProcessConfig process) {
    String directory = process.workingDirectory();
    if (!directory.isEmpty() && !directory.startsWith("/")) {
      throw Fields.bad(
          "the working directory '" + directory + "' is invalid, it needs to be an absolute path");
    }
    long total = 0;
    for (List<String> strings : List.of(process.command(), process.environment())) {
      for (String string : strings) {
        long bytes = string.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_STRING_BYTES) {
          throw Fields.bad(
              "Cmd or Env holds a string of more than " + MOST_STRING_BYTES + " bytes");
        }
        total += bytes + OVERHEAD_BYTES;
      }
    }
    if (total > MOST_PROCESS_BYTES) {
      throw Fields.bad(
          "Cmd and Env have more than "
              + MOST_PROCESS_BYTES
              + " bytes, each string counted with "
              + OVERHEAD_BYTES
              + " more");
    }
    return process;
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
        throw Fields.bad("no NAME=VALUE in Env: " + entry);
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
    return !Fields.flag(body, "OpenStdin")
        ? ProcessConfig.Input.NONE
        : Fields.flag(body, "StdinOnce") ? ProcessConfig.Input.ONCE : ProcessConfig.Input.OPEN;
  }

  private static Map<String, String> logOptions(JsonNode log) {
    String driver = Fields.text(log, "Type");
    if (!driver.isEmpty() && !driver.equals("json-file")) {
      throw Fields.unsupported("the log driver \"" + driver + "\"");
    }
    return Fields.map(log, "Config");
  }
}
