package dev.groundhog.pouch.internal.image;

import java.util.List;
import java.util.Map;

/// An image that came from an archive.
///
/// @param names that it has got
/// @param renamed the images that had one of these names before, by that name
public record Loaded(String id, List<String> names, Map<String, String> renamed) {
  public Loaded {
    names = List.copyOf(names);
    renamed = Map.copyOf(renamed);
  }
}
