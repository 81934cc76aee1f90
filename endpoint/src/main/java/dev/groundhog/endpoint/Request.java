package dev.groundhog.endpoint;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What is asked of a debug address.
///
/// @param method `GET`, `HEAD`
/// @param path the path, decoded, from `/debug/` on
/// @param query what stands behind the question mark, not decoded; empty if nothing does
public record Request(String method, String path, String query) {
  /// The first value of a parameter, decoded; a name without `=` has an empty one.
  public Optional<String> parameter(String name) {
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      if (decoded(key).equals(name) && !pair.isEmpty()) {
        return Optional.of(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
      }
    }
    return Optional.empty();
  }

  /// Whether whoever asks for a proof wants only what needs no collection: `gc=0`, as of the pprof
  /// endpoint's `heap`.
  boolean forbidsCollection() {
    return parameter("gc").filter("0"::equals).isPresent();
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
