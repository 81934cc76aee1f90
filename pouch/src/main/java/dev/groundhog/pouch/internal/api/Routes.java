package dev.groundhog.pouch.internal.api;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What is done for each method and path, the paths being templates such as
/// `/containers/{id}/logs`. A variable is one part of a path; `{name...}` is one part or several.
public final class Routes {
  private static final Pattern VARIABLE = Pattern.compile("\\{(\\w+)(\\.\\.\\.)?\\}");

  private final List<Route> all = new ArrayList<>();

  /// What one route does. A thread of its own; interrupted when the client leaves, where that is
  /// asked for.
  @FunctionalInterface
  public interface Action {
    void run(Call call) throws IOException, InterruptedException;
  }

  private record Route(String method, String template, Pattern path, Action action) {
    boolean hasVariables() {
      return template.indexOf('{') >= 0;
    }
  }

  /// A route that fits a request.
  ///
  /// @param template with all variables alike: `/images/{name}/json`
  record Found(String template, Map<String, String> variables, Action action) {}

  /// Adds a route. `GET` stands for `HEAD` too.
  public Routes on(String method, String template, Action action) {
    all.add(new Route(method, template, path(template), action));
    return this;
  }

  private static Pattern path(String template) {
    StringBuilder regex = new StringBuilder();
    int end = 0;
    for (MatchResult variable : VARIABLE.matcher(template).results().toList()) {
      regex.append(Pattern.quote(template.substring(end, variable.start())));
      regex.append(variable.group(2) == null ? "([^/]+)" : "(.+)");
      end = variable.end();
    }
    return Pattern.compile(regex + Pattern.quote(template.substring(end)));
  }

  /// The route of a request. A path that is spelt out comes before one with variables, and else
  /// what was added first.
  Optional<Found> find(String method, String path) {
    return find(method, path, false).or(() -> find(method, path, true));
  }

  private Optional<Found> find(String method, String path, boolean hasVariables) {
    for (Route route : all) {
      if (route.hasVariables() == hasVariables && route.method().equals(method)) {
        Matcher matcher = route.path().matcher(path);
        if (matcher.matches()) {
          return Optional.of(found(route, matcher));
        }
      }
    }
    return Optional.empty();
  }

  private static Found found(Route route, Matcher matcher) {
    Map<String, String> variables = new LinkedHashMap<>();
    List<MatchResult> names = VARIABLE.matcher(route.template()).results().toList();
    for (int i = 0; i < names.size(); i++) {
      variables.put(names.get(i).group(1), matcher.group(i + 1));
    }
    return new Found(route.template().replace("...", ""), variables, route.action());
  }
}
