package dev.groundhog.pouch.internal.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which route a request takes, and which names a pattern means.
class RoutesTest {
  private static Routes routes() {
    Routes routes = new Routes();
    for (String template :
        new String[] {
          "/images/{name...}/json",
          "/images/json",
          "/images/{name...}",
          "/containers/{id}/logs",
          "/a+b/{id}"
        }) {
      routes.on("GET", template, _ -> {});
    }
    return routes.on("DELETE", "/images/{name...}", _ -> {});
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /images/json, /images/json, ''",
    "GET, /images/a/json, /images/{name}/json, a",
    "GET, /images/host:5000/a/b:c/json, /images/{name}/json, host:5000/a/b:c",
    "GET, /images/a/b, /images/{name}, a/b",
    "DELETE, /images/a/json, /images/{name}, a/json",
    "GET, /containers/x/logs, /containers/{id}/logs, x",
    "GET, /a+b/c, /a+b/{id}, c",
  })
  void aRequestTakesTheRouteThatFits(String method, String path, String template, String variable) {
    Routes.Found found = routes().find(method, path).orElseThrow();
    assertThat(found.template()).isEqualTo(template);
    assertThat(String.join(",", found.variables().values())).isEqualTo(variable);
  }

  @ParameterizedTest
  @CsvSource({"POST, /images/json", "GET, /containers/x/y/logs", "GET, /images", "GET, /aab/c"})
  void whatFitsNoneHasNone(String method, String path) {
    assertThat(routes().find(method, path)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "busybox, busybox, true",
    "busy*, busybox, true",
    "*box, busybox, true",
    "b?sybox:*, busybox:latest, true",
    "*, a/b, false",
    "*/b, a/b, true",
    "a/*, a/b/c, false",
    "a*b*c, aXbYbZc, true",
    "'', busybox, false",
    "a?b, a/b, false",
  })
  void patternsMeanNamesAsInAShell(String pattern, String name, boolean isMeant) {
    assertThat(Glob.matches(pattern, name)).isEqualTo(isMeant);
  }

  @Test
  void aWildPatternTakesNoTime() {
    assertThat(Glob.matches("*a".repeat(5_000) + "b", "a".repeat(10_000))).isFalse();
  }
}
