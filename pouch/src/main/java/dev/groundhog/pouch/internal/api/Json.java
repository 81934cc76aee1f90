package dev.groundhog.pouch.internal.api;

import tools.jackson.databind.json.JsonMapper;

/// How bodies are read and written.
final class Json {
  static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}
}
