package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.engine.Container;
import dev.groundhog.pouch.internal.engine.Engine;
import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.run.ShortCommand;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// `/containers/{id}/top`: what this machine's `ps` says of a container's processes.
public final class TopRoutes {
  private static final int OK = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int MOST_BYTES = 16 << 20;
  private static final Pattern SPACE = Pattern.compile("\\s+");

  /// What columns and sorting need, and no more: a file's name or another user's list is no way of
  /// showing a container.
  private static final Pattern ARGUMENT = Pattern.compile("[A-Za-z0-9,_=%+:-]{1,200}");

  private static final int MOST_ARGUMENTS = 32;

  private final Engine engine;

  public TopRoutes(Engine engine) {
    this.engine = engine;
  }

  public void addTo(Routes routes) {
    routes.on("GET", "/containers/{id}/top", this::top);
  }

  private void top(Call call) throws IOException, InterruptedException {
    Container container = engine.get(call.variable("id"));
    List<String> arguments = arguments(call.query("ps_args").orElse("-ef"));
    if (!container.state().isRunning()) {
      throw new ApiException(Code.CONFLICT, "Container " + container.id() + " is not running");
    }
    Set<String> pids = new HashSet<>();
    engine
        .runtime()
        .processes(container.id(), container.state().pid())
        .forEach(pid -> pids.add(Long.toString(pid)));
    List<String> lines = ps(arguments).lines().toList();
    List<String> titles = lines.isEmpty() ? List.of() : fields(lines.getFirst(), Integer.MAX_VALUE);
    int column = titles.indexOf("PID");
    if (column < 0) {
      throw new ApiException(Code.BAD_REQUEST, "Couldn't find PID field in ps output");
    }
    List<List<String>> processes = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      List<String> fields = fields(line, titles.size());
      if (fields.size() > column && pids.contains(fields.get(column))) {
        processes.add(fields);
      }
    }
    call.json(OK, Map.of("Titles", titles, "Processes", processes));
  }

  private static List<String> arguments(String text) {
    List<String> arguments = List.of(SPACE.split(text.strip()));
    if (arguments.size() > MOST_ARGUMENTS
        || !arguments.stream().allMatch(ARGUMENT.asMatchPredicate())) {
      throw new ApiException(Code.BAD_REQUEST, "no arguments for ps: " + text);
    }
    return arguments;
  }

  /// The last column has what is left.
  private static List<String> fields(String line, int most) {
    return Arrays.asList(SPACE.split(line.strip(), most == Integer.MAX_VALUE ? 0 : most));
  }

  private static String ps(List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("ps"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("PS_"));
    ShortCommand ps = ShortCommand.run(builder, PATIENCE, MOST_BYTES);
    if (!ps.isDone()) {
      throw new ApiException(
          Code.BAD_REQUEST, "ps: " + ps.output().lines().findFirst().orElse("it says nothing"));
    }
    return ps.output();
  }
}
