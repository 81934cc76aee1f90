package dev.groundhog.pouch;

import java.time.Instant;
import java.util.List;

/// An image in a daemon's list.
///
/// @param id with its algorithm, such as `sha256:…`
/// @param tags `REPOSITORY:TAG`, none if the image has no name
public record ImageSummary(String id, List<String> tags, Instant created, long sizeBytes) {
  public ImageSummary {
    tags = List.copyOf(tags);
  }
}
