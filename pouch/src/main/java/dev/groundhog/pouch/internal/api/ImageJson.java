package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.image.Image;
import dev.groundhog.pouch.internal.image.ImageDocument;
import dev.groundhog.pouch.internal.image.Loaded;
import dev.groundhog.pouch.internal.image.Removal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Images as Docker's API writes them.
final class ImageJson {
  private static final String NONE = "<none>:<none>";

  private ImageJson() {}

  static Map<String, Object> listed(Image image) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Id", image.id());
    json.put("ParentId", "");
    json.put("RepoTags", image.names().isEmpty() ? List.of(NONE) : image.names());
    json.put("RepoDigests", image.names().isEmpty() ? List.of("<none>@<none>") : List.of());
    json.put("Created", image.created().getEpochSecond());
    json.put("Size", image.bytes());
    json.put("VirtualSize", image.bytes());
    json.put("SharedSize", -1);
    json.put("Labels", image.config().labels());
    json.put("Containers", -1);
    return json;
  }

  static Map<String, Object> inspected(Image image) {
    ImageDocument document = image.document();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("Id", image.id());
    json.put("RepoTags", image.names());
    json.put("RepoDigests", List.of());
    json.put("Parent", "");
    json.put("Comment", text(document, "comment"));
    json.put("Created", image.created().toString());
    json.put("DockerVersion", text(document, "docker_version"));
    json.put("Author", text(document, "author"));
    JsonNode config = document.json().path("config");
    json.put("Config", config.isObject() ? config : Map.of());
    json.put("Architecture", document.architecture());
    json.put("Os", "linux");
    json.put("Size", image.bytes());
    json.put("VirtualSize", image.bytes());
    json.put("GraphDriver", Map.of("Name", "overlay2", "Data", Map.of()));
    json.put("RootFS", Map.of("Type", "layers", "Layers", document.layers()));
    return json;
  }

  private static String text(ImageDocument document, String key) {
    return document.json().path(key).asString("");
  }

  static Map<String, Object> removed(Removal removal) {
    return switch (removal) {
      case Removal.Untagged(String name) -> Map.of("Untagged", name);
      case Removal.Deleted(String digest) -> Map.of("Deleted", digest);
    };
  }

  /// What `docker load` prints of one image.
  static String told(Loaded loaded) {
    StringBuilder text = new StringBuilder();
    loaded
        .renamed()
        .forEach((name, id) ->
            text.append("The image ")
                .append(name)
                .append(" already exists, renaming the old one with ID ")
                .append(id)
                .append(" to empty string\n"));
    for (String name : loaded.names()) {
      text.append("Loaded image: ").append(name).append('\n');
    }
    if (loaded.names().isEmpty()) {
      text.append("Loaded image ID: ").append(loaded.id()).append('\n');
    }
    return text.toString();
  }
}
