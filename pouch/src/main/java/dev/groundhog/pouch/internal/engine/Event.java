package dev.groundhog.pouch.internal.engine;

import java.time.Instant;
import java.util.Map;

/// Something that happened.
///
/// @param type `container` or `image`
/// @param action `create`, `start`, `die`, …
/// @param id of what it happened to
/// @param attributes `name`, `image`, `exitCode`, … and the container's labels
public record Event(
    String type, String action, String id, Map<String, String> attributes, Instant time) {
  public Event {
    attributes = Map.copyOf(attributes);
  }
}
