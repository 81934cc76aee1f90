package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.engine.Container;
import dev.groundhog.pouch.internal.engine.Engine;
import dev.groundhog.pouch.internal.engine.Event;
import dev.groundhog.pouch.internal.engine.Events;
import dev.groundhog.pouch.internal.image.Architecture;
import dev.groundhog.pouch.internal.image.ImageStore;
import dev.groundhog.pouch.internal.run.HostName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// `/_ping`, `/version`, `/info` and `/events`.
public final class SystemRoutes {
  private static final int OK = 200;
  private static final Set<String> FILTERS = Set.of("container", "type", "event", "image", "label");

  /// Of the jar that this is in.
  private static final String VERSION =
      Objects.requireNonNullElse(
          SystemRoutes.class.getPackage().getImplementationVersion(), "(development)");

  private final Engine engine;
  private final ImageStore images;
  private final ApiVersions versions;
  private final Path dataRoot;

  public SystemRoutes(Engine engine, ImageStore images, ApiVersions versions, Path dataRoot) {
    this.engine = engine;
    this.images = images;
    this.versions = versions;
    this.dataRoot = dataRoot;
  }

  public void addTo(Routes routes) {
    routes
        .on("GET", "/_ping", SystemRoutes::ping)
        .on("GET", "/version", this::version)
        .on("GET", "/info", this::info)
        .on("GET", "/events", this::events);
  }

  private static void ping(Call call) throws IOException {
    try (OutputStream out = call.stream("text/plain; charset=utf-8")) {
      if (!call.method().equals("HEAD")) {
        out.write("OK".getBytes(StandardCharsets.US_ASCII));
      }
    }
  }

  private void version(Call call) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Version", VERSION);
    json.put("ApiVersion", versions.newest());
    json.put("MinAPIVersion", versions.oldest());
    json.put("GitCommit", "");
    json.put("GoVersion", "");
    json.put("Os", "linux");
    json.put("Arch", Architecture.ofThisMachine());
    json.put("KernelVersion", System.getProperty("os.version"));
    call.json(OK, json);
  }

  private void info(Call call) throws IOException {
    List<Container> all = engine.all();
    long running = engine.running();
    String warning = engine.runtime().warning();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ID", "");
    json.put("Name", HostName.get());
    json.put("ServerVersion", VERSION);
    json.put("Containers", all.size());
    json.put("ContainersRunning", running);
    json.put("ContainersPaused", 0);
    json.put("ContainersStopped", all.size() - running);
    json.put("Images", images.list().size());
    json.put("Driver", engine.runtime().storageDriver());
    json.put("LoggingDriver", "json-file");
    json.put("Plugins", plugins(warning.isEmpty()));
    json.put("MemoryLimit", warning.isEmpty());
    json.put("PidsLimit", warning.isEmpty());
    json.put("Swarm", Map.of("LocalNodeState", "inactive"));
    json.put("DockerRootDir", dataRoot.toString());
    json.put("DefaultRuntime", engine.runtime().name());
    json.put("Runtimes", Map.of(engine.runtime().name(), Map.of("path", engine.runtime().path())));
    json.put("OSType", "linux");
    json.put("OperatingSystem", Machine.operatingSystem());
    json.put("Architecture", Architecture.ofTheKernel());
    json.put("KernelVersion", System.getProperty("os.version"));
    json.put("NCPU", Runtime.getRuntime().availableProcessors());
    json.put("MemTotal", Machine.memoryBytes());
    json.put("Warnings", warning.isEmpty() ? List.of() : List.of(warning));
    call.json(OK, json);
  }

  /// By Docker's names, in which `null` is the network `none`.
  private static Map<String, List<String>> plugins(boolean isIsolated) {
    return Map.of(
        "Log", List.of("json-file"),
        "Network", isIsolated ? List.of("host", "null") : List.of("host"),
        "Volume", List.of());
  }

  /// Follows what happens, until `until` or until the client leaves.
  private void events(Call call) throws IOException, InterruptedException {
    Filters filters = Filters.of(call.query("filters"), FILTERS);
    Optional<Instant> since = call.query("since").map(Times::instant);
    Optional<Instant> until = call.query("until").map(Times::instant);
    Events.Follower follower = engine.events().follow(since, until);
    try (OutputStream out = call.stream("application/json")) {
      Optional<Event> next = follower.next();
      while (next.isPresent()) {
        write(next.get(), filters, out);
        next = follower.next();
      }
    }
  }

  private static void write(Event event, Filters filters, OutputStream out) throws IOException {
    boolean isWanted =
        filters.match("type", event.type()::equals)
            && filters.match("event", event.action()::equals)
            && filters.match(
                "container",
                name -> event.id().startsWith(name) || name.equals(event.attributes().get("name")))
            && filters.match("image", name -> name.equals(event.attributes().get("image")))
            && filters.matchLabels(event.attributes());
    if (!isWanted) {
      return;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    if (event.type().equals("container")) {
      json.put("status", event.action());
      json.put("id", event.id());
      json.put("from", event.attributes().getOrDefault("image", ""));
    }
    json.put("Type", event.type());
    json.put("Action", event.action());
    json.put("Actor", Map.of("ID", event.id(), "Attributes", event.attributes()));
    json.put("scope", "local");
    json.put("time", event.time().getEpochSecond());
    json.put("timeNano", ChronoUnit.NANOS.between(Instant.EPOCH, event.time()));
    out.write(Json.MAPPER.writeValueAsBytes(json));
    out.write('\n');
    out.flush();
  }
}
