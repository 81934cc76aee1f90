package dev.groundhog.pouch;

import dev.groundhog.pouch.PouchException.Code;
import dev.groundhog.pouch.internal.client.Demultiplexer;
import dev.groundhog.pouch.internal.client.HttpCalls;
import dev.groundhog.pouch.internal.client.HttpCalls.Ask;
import dev.groundhog.pouch.internal.client.Progress;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// Asks a daemon that speaks version 1.24 of Docker's API, pouchd or Docker's own. A container is
/// named by its name, its id, or the beginning of its id.
///
/// Safe for several threads. A call that follows or runs something lasts as long as that, and is
/// ended by an interrupt or by closing the client; all others fail when the daemon is silent for a
/// minute. The daemon's texts are given as they come: neutralise them before a terminal sees them.
///
/// All throw [PouchException] where the daemon is the trouble.
public final class PouchClient implements Closeable {
  /// The version of Docker's API that it speaks.
  public static final String API_VERSION = HttpCalls.API_VERSION;

  private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,254}");
  private static final Duration EXEC_CODE_WITHIN = Duration.ofSeconds(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private final HttpCalls http;

  private PouchClient(HttpCalls http) {
    this.http = http;
  }

  /// A client of the daemon at `host`, which is not asked yet.
  public static PouchClient of(PouchHost host) throws IOException {
    return new PouchClient(new HttpCalls(host));
  }

  /// A container that was made and not started.
  ///
  /// @param warnings what the daemon finds worth telling
  public record Created(String id, List<String> warnings) {
    public Created {
      warnings = List.copyOf(warnings);
    }
  }

  /// Makes a container; [#start] starts it.
  public Created create(RunRequest request) throws IOException, InterruptedException {
    Map<String, String> query = new HashMap<>();
    request.name().ifPresent(name -> query.put("name", name));
    JsonNode answer = http.json(Ask.of("POST", "/containers/create").with(query), body(request));
    String id = named(text(answer, "Id"));
    if (request.removeWhenEnded() && !removesWhenEnded(id)) {
      remove(id, true);
      throw new PouchException(
          Code.REFUSED, "this daemon does not remove containers at their end; leave out --rm");
    }
    return new Created(id, strings(answer.path("Warnings")));
  }

  private static Map<String, Object> body(RunRequest request) {
    Map<String, Object> host = new LinkedHashMap<>();
    host.put("NetworkMode", request.network().orElse("default"));
    host.put("AutoRemove", request.removeWhenEnded());
    if (!request.binds().isEmpty()) {
      host.put("Binds", request.binds());
    }
    request.memoryBytes().ifPresent(bytes -> host.put("Memory", bytes));
    request.pidsLimit().ifPresent(limit -> host.put("PidsLimit", limit));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("Image", request.image());
    if (!request.command().isEmpty()) {
      body.put("Cmd", request.command());
    }
    body.put("Env", request.environment());
    body.put("Labels", request.labels());
    request.user().ifPresent(user -> body.put("User", user));
    request.workingDirectory().ifPresent(folder -> body.put("WorkingDir", folder));
    body.put("HostConfig", host);
    return body;
  }

  /// Docker's own daemon ignores the wish at this version of the API.
  private boolean removesWhenEnded(String id) throws IOException, InterruptedException {
    return inspect(id).path("HostConfig").path("AutoRemove").asBoolean(false);
  }

  private JsonNode inspect(String container) throws IOException, InterruptedException {
    return http.json(Ask.of("GET", path(container) + "/json"));
  }

  public void start(String container) throws IOException, InterruptedException {
    http.json(Ask.of("POST", path(container) + "/start"));
  }

  /// Asks a container to end, and kills it if it has not after a time, by default its own.
  public void stop(String container, Optional<Duration> time)
      throws IOException, InterruptedException {
    Ask ask = Ask.of("POST", path(container) + "/stop").patient(HttpCalls.FOR_EVER);
    if (time.isPresent()) {
      ask =
          ask.with(Map.of("t", Long.toString(time.get().toSeconds())))
              .patient(HttpCalls.PATIENCE.plus(time.get()));
    }
    http.json(ask);
  }

  /// @param signal a name or a number
  public void kill(String container, String signal) throws IOException, InterruptedException {
    http.json(Ask.of("POST", path(container) + "/kill").with(Map.of("signal", signal)));
  }

  /// @param force also if it runs
  public void remove(String container, boolean force) throws IOException, InterruptedException {
    http.json(Ask.of("DELETE", path(container)).with(force ? Map.of("force", "1") : Map.of()));
  }

  /// @param all also those that do not run
  public List<ContainerSummary> containers(boolean all) throws IOException, InterruptedException {
    List<ContainerSummary> containers = new ArrayList<>();
    Map<String, String> query = all ? Map.of("all", "1") : Map.of();
    for (JsonNode node : array(http.json(Ask.of("GET", "/containers/json").with(query)))) {
      containers.add(
          new ContainerSummary(
              text(node, "Id"),
              text(node, "Image"),
              text(node, "Command"),
              moment(node),
              text(node, "Status"),
              strings(node.path("Names")).stream()
                  .map(name -> name.startsWith("/") ? name.substring(1) : name)
                  .toList()));
    }
    return containers;
  }

  /// Copies a container's log, as bytes. Of a container with a terminal all is standard output.
  ///
  /// @throws IOException also if `stdout` or `stderr` cannot be written; the client then hangs up
  public void logs(String container, LogsRequest request, OutputStream stdout, OutputStream stderr)
      throws IOException, InterruptedException {
    boolean hasTerminal = inspect(container).path("Config").path("Tty").asBoolean(false);
    Ask ask =
        Ask.of("GET", path(container) + "/logs").with(query(request)).patient(HttpCalls.FOR_EVER);
    try (InputStream in = http.stream(ask, Map.of())) {
      copy(in, hasTerminal, stdout, stderr);
    }
  }

  private static Map<String, String> query(LogsRequest request) {
    Map<String, String> query = new HashMap<>(Map.of("stdout", "1", "stderr", "1"));
    if (request.follow()) {
      query.put("follow", "1");
    }
    if (request.timestamps()) {
      query.put("timestamps", "1");
    }
    query.put("tail", request.tail().isPresent() ? "" + request.tail().getAsLong() : "all");
    request.since().ifPresent(since -> query.put("since", seconds(since)));
    request.until().ifPresent(until -> query.put("until", seconds(until)));
    return query;
  }

  private static String seconds(Instant moment) {
    return String.format(Locale.ROOT, "%d.%09d", moment.getEpochSecond(), moment.getNano());
  }

  private static void copy(InputStream in, boolean isRaw, OutputStream stdout, OutputStream stderr)
      throws IOException {
    if (!isRaw) {
      new Demultiplexer(in, stdout, stderr).copy();
      return;
    }
    byte[] buffer = new byte[1 << 13];
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      stdout.write(buffer, 0, read);
      stdout.flush();
    }
  }

  /// Runs a command in a container that runs, copies what it prints, and gives its exit code.
  ///
  /// @throws IOException also if `stdout` or `stderr` cannot be written; the command goes on then
  public int exec(String container, ExecRequest request, OutputStream stdout, OutputStream stderr)
      throws IOException, InterruptedException {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("AttachStdout", true);
    body.put("AttachStderr", true);
    body.put("Cmd", request.command());
    if (!request.environment().isEmpty()) {
      body.put("Env", request.environment());
    }
    request.user().ifPresent(user -> body.put("User", user));
    request.workingDirectory().ifPresent(folder -> body.put("WorkingDir", folder));
    String id = named(text(http.json(Ask.of("POST", path(container) + "/exec"), body), "Id"));
    Ask start = Ask.of("POST", "/exec/" + id + "/start").patient(HttpCalls.FOR_EVER);
    try (InputStream in = http.stream(start, Map.of("Detach", false, "Tty", false))) {
      copy(in, false, stdout, stderr);
    }
    return exitCode(id);
  }

  /// A daemon may note the end a little after the output has ended.
  private int exitCode(String exec) throws IOException, InterruptedException {
    long end = System.nanoTime() + EXEC_CODE_WITHIN.toNanos();
    while (true) {
      JsonNode state = http.json(Ask.of("GET", "/exec/" + exec + "/json"));
      if (!state.path("Running").asBoolean(false) && state.path("ExitCode").isNumber()) {
        return state.path("ExitCode").asInt(0);
      }
      if (System.nanoTime() - end > 0) {
        throw new PouchException(
            Code.BROKEN, "the command's output has ended, and the daemon has no exit code of it");
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  public List<ImageSummary> images() throws IOException, InterruptedException {
    List<ImageSummary> images = new ArrayList<>();
    for (JsonNode node : array(http.json(Ask.of("GET", "/images/json")))) {
      images.add(
          new ImageSummary(
              text(node, "Id"),
              strings(node.path("RepoTags")).stream()
                  .filter(tag -> !tag.equals("<none>:<none>"))
                  .toList(),
              moment(node),
              node.path("Size").asLong(0)));
    }
    return images;
  }

  /// Sends images in a tar, and hands on what the daemon tells of them.
  public void load(InputStream tar, Consumer<String> told)
      throws IOException, InterruptedException {
    Ask ask = Ask.of("POST", "/images/load").with(Map.of("quiet", "1")).patient(HttpCalls.FOR_EVER);
    try (InputStream in = new BufferedInputStream(http.upload(ask, tar))) {
      Progress.read(in, told);
    }
  }

  public DaemonVersion version() throws IOException, InterruptedException {
    JsonNode node = http.json(Ask.of("GET", "/version"));
    return new DaemonVersion(
        text(node, "Version"),
        text(node, "ApiVersion"),
        node.path("MinAPIVersion").asString(""),
        text(node, "Os"),
        text(node, "Arch"));
  }

  private static String path(String container) throws PouchException {
    return "/containers/" + named(container);
  }

  /// What can be a name or an id. Nothing else gets into a path.
  private static String named(String text) throws PouchException {
    String name = text.startsWith("/") ? text.substring(1) : text;
    if (!NAME.matcher(name).matches()) {
      throw new PouchException(
          Code.NOT_FOUND,
          "no container is called \""
              + text
              + "\": names are made of letters, digits and _ . - behind the first");
    }
    return name;
  }

  private static JsonNode array(JsonNode node) throws PouchException {
    if (!node.isArray()) {
      throw new PouchException(Code.BROKEN, "the daemon's list is no array");
    }
    return node;
  }

  private static String text(JsonNode node, String name) throws PouchException {
    JsonNode value = node.path(name);
    if (!value.isString()) {
      throw new PouchException(Code.BROKEN, "the daemon's answer has no " + name);
    }
    return value.stringValue();
  }

  private static Instant moment(JsonNode node) {
    long limit = Instant.MAX.getEpochSecond();
    return Instant.ofEpochSecond(Math.clamp(node.path("Created").asLong(0), -limit, limit));
  }

  private static List<String> strings(JsonNode node) {
    List<String> strings = new ArrayList<>();
    node.forEach(element -> strings.add(element.asString("")));
    return strings;
  }

  @Override
  public void close() throws IOException {
    http.close();
  }
}
