package dev.groundhog.pouch;

import java.time.Instant;
import java.util.List;

/// A container in a daemon's list, in the daemon's words.
///
/// @param status for people, such as `Up 3 minutes`
/// @param names without the slash before them
public record ContainerSummary(
    String id, String image, String command, Instant created, String status, List<String> names) {
  public ContainerSummary {
    names = List.copyOf(names);
  }
}
