package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.engine.Container;
import dev.groundhog.pouch.internal.engine.ContainerState;
import dev.groundhog.pouch.internal.engine.Engine;
import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.image.Image;
import dev.groundhog.pouch.internal.run.Signals;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// `/containers/…`, without their logs.
public final class ContainerRoutes {
  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final int DONE = 204;
  private static final int NOT_MODIFIED = 304;
  private static final Set<String> FILTERS =
      Set.of("id", "name", "status", "label", "exited", "ancestor", "before", "since");

  /// What a container's status can be asked to be, though it is never some of them here.
  private static final Set<String> STATUSES =
      Set.of("created", "running", "paused", "restarting", "removing", "exited", "dead");

  private static final Pattern EXIT_CODE = Pattern.compile("[-+]?[0-9]{1,18}");

  private final Engine engine;

  public ContainerRoutes(Engine engine) {
    this.engine = engine;
  }

  public void addTo(Routes routes) {
    routes
        .on("POST", "/containers/create", this::create)
        .on("GET", "/containers/json", this::list)
        .on("GET", "/containers/{id}/json", this::inspect)
        .on("POST", "/containers/{id}/start", this::start)
        .on("POST", "/containers/{id}/stop", this::stop)
        .on("POST", "/containers/{id}/kill", this::kill)
        .on("POST", "/containers/{id}/restart", this::restart)
        .on("POST", "/containers/{id}/resize", this::resize)
        .on("POST", "/containers/{id}/wait", this::waitForEnd)
        .on("POST", "/containers/{id}/rename", this::rename)
        .on("DELETE", "/containers/{id}", this::remove);
  }

  private Container container(Call call) {
    return engine.get(call.variable("id"));
  }

  private void create(Call call) throws IOException, InterruptedException {
    Container container =
        engine.create(call.query("name"), ContainerRequests.config(call.json(), engine.images()));
    String warning = engine.runtime().warning();
    call.json(
        CREATED,
        Map.of("Id", container.id(), "Warnings", warning.isEmpty() ? List.of() : List.of(warning)));
  }

  private void list(Call call) throws IOException {
    Filters filters = Filters.of(call.query("filters"), FILTERS);
    filters.check("status", STATUSES::contains);
    filters.check("exited", EXIT_CODE.asMatchPredicate());
    Predicate<String> name = filters.finding("name");
    Set<String> ancestors = imagesOf(filters);
    Predicate<Container> isBetween = between(filters);
    Instant now = Instant.now();
    long limit =
        call.query("limit").map(ContainerRoutes::number).filter(n -> n > 0).orElse(Long.MAX_VALUE);
    boolean all =
        call.flag("all")
            || filters.has("status")
            || filters.has("exited")
            || limit < Long.MAX_VALUE;
    call.json(
        OK,
        engine.all().stream()
            .filter(container -> all || container.state().isRunning())
            .filter(container -> name.test(container.name()) || name.test("/" + container.name()))
            .filter(container -> matches(filters, container))
            .filter(container -> !filters.has("ancestor") || isOf(ancestors, container))
            .filter(isBetween)
            .limit(limit)
            .map(container -> ContainerJson.listed(container, now))
            .toList());
  }

  private static boolean matches(Filters filters, Container container) {
    ContainerState state = container.state();
    return filters.match("id", container.id()::startsWith)
        && filters.match("status", state.status().name().toLowerCase(Locale.ROOT)::equals)
        && filters.match(
            "exited",
            code ->
                state.status() == ContainerState.Status.EXITED
                    && code.equals(Integer.toString(state.exitCode())))
        && filters.matchLabels(container.config().labels());
  }

  /// The ids of images that containers are to be of, or their names where they have no id.
  private Set<String> imagesOf(Filters filters) {
    return filters.values("ancestor").stream()
        .map(name -> engine.images().resolve(name).map(Image::id).orElse(name))
        .collect(Collectors.toUnmodifiableSet());
  }

  private static boolean isOf(Set<String> images, Container container) {
    String id = container.config().imageId();
    return images.contains(id.isEmpty() ? container.config().image() : id);
  }

  /// Of containers in the order of their creation.
  private Predicate<Container> between(Filters filters) {
    List<Instant> before = created(filters, "before");
    List<Instant> since = created(filters, "since");
    return container ->
        before.stream().allMatch(container.created()::isBefore)
            && since.stream().allMatch(container.created()::isAfter);
  }

  private List<Instant> created(Filters filters, String key) {
    return filters.values(key).stream().map(engine::get).map(Container::created).toList();
  }

  private void inspect(Call call) throws IOException {
    call.json(OK, ContainerJson.inspected(container(call), engine.runtime()));
  }

  private void start(Call call) throws IOException, InterruptedException {
    call.empty(engine.start(container(call)) ? DONE : NOT_MODIFIED);
  }

  private void stop(Call call) throws IOException, InterruptedException {
    call.empty(engine.stop(container(call), patience(call)) ? DONE : NOT_MODIFIED);
  }

  private static Optional<Duration> patience(Call call) {
    return call.query("t").map(ContainerRoutes::number).map(Engine::patience);
  }

  private void restart(Call call) throws IOException, InterruptedException {
    engine.restart(container(call), patience(call));
    call.empty(DONE);
  }

  private void resize(Call call) throws IOException, InterruptedException {
    engine.resize(container(call), TerminalSize.rows(call), TerminalSize.columns(call));
    call.empty(OK);
  }

  private void kill(Call call) throws IOException, InterruptedException {
    String signal = call.query("signal").orElse("KILL");
    int _ = Signals.parse(signal); // or it is refused in other words
    try {
      engine.kill(container(call), signal);
    } catch (ApiException e) {
      throw e.about("Cannot kill container: " + call.variable("id"));
    }
    call.empty(DONE);
  }

  private void waitForEnd(Call call) throws IOException, InterruptedException {
    Container container = container(call);
    CompletableFuture<ContainerState> end = container.end();
    ContainerState state = container.state();
    try {
      call.json(OK, Map.of("StatusCode", (state.isRunning() ? end.get() : state).exitCode()));
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private void rename(Call call) throws IOException, InterruptedException {
    String name =
        call.query("name")
            .orElseThrow(
                () -> new ApiException(Code.BAD_REQUEST, "Neither old nor new names may be empty"));
    engine.rename(container(call), name);
    call.empty(DONE);
  }

  private void remove(Call call) throws IOException, InterruptedException {
    engine.remove(container(call), call.flag("force"));
    call.empty(DONE);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new ApiException(Code.BAD_REQUEST, "no number: " + text, e);
    }
  }
}
