package dev.groundhog.pouch.internal.api;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/// What is done for each method and path, the paths being templates such as
/// `/containers/{id}/logs`.
public final class Routes {
  private final Map<String, Map<String, Action>> byTemplate = new LinkedHashMap<>();

  /// What one route does. A thread of its own; interrupted when the client leaves, where that is
  /// asked for.
  @FunctionalInterface
  public interface Action {
    void run(Call call) throws IOException, InterruptedException;
  }

  /// Adds a route. `GET` stands for `HEAD` too.
  public Routes on(String method, String template, Action action) {
    byTemplate.computeIfAbsent(template, _ -> new LinkedHashMap<>()).put(method, action);
    return this;
  }

  /// By template, then by method.
  Map<String, Map<String, Action>> all() {
    return byTemplate;
  }
}
