package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.errors.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// One request of the API and its answer, whichever server carries them.
public interface Call {
  /// Values that stand for no.
  Set<String> FALSE = Set.of("", "0", "no", "false", "none");

  String method();

  /// The part of the path that stands for `{name}` in its route.
  ///
  /// @throws IllegalArgumentException if the route has no such part
  String variable(String name);

  /// A parameter of the query; empty if it is missing or has no value.
  Optional<String> query(String name);

  /// A parameter as Docker reads it: false if it is missing, empty, `0`, `no`, `false` or `none`.
  default boolean flag(String name) {
    return query(name)
        .filter(value -> !FALSE.contains(value.trim().toLowerCase(Locale.ROOT)))
        .isPresent();
  }

  /// The body as JSON; missing if there is none.
  ///
  /// @throws ApiException if it is no JSON object, or is not said to be JSON
  JsonNode json();

  /// The body as it comes, of whatever type and length: who reads it has a bound.
  InputStream body();

  /// Answers with an object as JSON.
  void json(int status, Object body) throws IOException;

  /// Answers without a body.
  void empty(int status) throws IOException;

  /// Takes the connection from HTTP, as Docker's clients ask for with `Upgrade: tcp`; the others
  /// get the same bytes as the body of the answer. To be the last that is done with this call:
  /// `takeover` runs once this action has returned.
  void hijack(Takeover takeover) throws IOException;

  /// Answers with 200 and what is written. The headers are sent at once, and so is each write. The
  /// answer ends with this action: where that fails, the client sees it broken off.
  OutputStream stream(String contentType) throws IOException;
}
