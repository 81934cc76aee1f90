package dev.groundhog.pouch.internal.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A JSON document of an image, read so that two readers can't understand two things: no key twice,
/// nothing behind the end.
final class Metadata {
  private static final int MAX_DEPTH = 64;

  static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private final String name;
  private final JsonNode node;

  private Metadata(String name, JsonNode node) {
    this.name = name;
    this.node = node;
  }

  /// @param name of the document, for messages
  static Metadata parse(String name, byte[] bytes) throws ArchiveException {
    try {
      return new Metadata(name, MAPPER.readTree(bytes));
    } catch (JacksonException e) {
      throw new ArchiveException(name + " is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  JsonNode node() {
    return node;
  }

  Metadata object() throws ArchiveException {
    if (!node.isObject()) {
      throw wrong("no object");
    }
    return this;
  }

  /// An object within, empty if it is missing.
  Metadata at(String key) throws ArchiveException {
    JsonNode value = node.path(key);
    return new Metadata(name + "." + key, isAbsent(value) ? MAPPER.createObjectNode() : value)
        .object();
  }

  List<Metadata> array(String key, int max) throws ArchiveException {
    return new Metadata(name + "." + key, node.path(key)).elements(max);
  }

  /// The elements of an array, none if it is missing.
  List<Metadata> elements(int max) throws ArchiveException {
    List<Metadata> all = new ArrayList<>();
    if (isAbsent(node)) {
      return all;
    }
    if (!node.isArray()) {
      throw wrong("no array");
    }
    if (node.size() > max) {
      throw wrong("an array of more than " + max);
    }
    for (int i = 0; i < node.size(); i++) {
      all.add(new Metadata(name + "[" + i + "]", node.path(i)));
    }
    return all;
  }

  /// Empty if it is missing.
  String text(String key) throws ArchiveException {
    JsonNode value = node.path(key);
    return isAbsent(value) ? "" : new Metadata(name + "." + key, value).text();
  }

  String text() throws ArchiveException {
    if (!node.isString()) {
      throw wrong("no string");
    }
    return node.stringValue();
  }

  long number(String key) throws ArchiveException {
    JsonNode value = node.path(key);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new Metadata(name + "." + key, value).wrong("no number");
    }
    return value.longValue();
  }

  List<String> texts(String key, int max) throws ArchiveException {
    List<String> all = new ArrayList<>();
    for (Metadata element : array(key, max)) {
      all.add(element.text());
    }
    return all;
  }

  Map<String, String> textMap(String key) throws ArchiveException {
    Map<String, String> all = new LinkedHashMap<>();
    Metadata object = at(key);
    for (String name : object.node.propertyNames()) {
      all.put(name, object.text(name));
    }
    return all;
  }

  boolean has(String key) {
    return !isAbsent(node.path(key));
  }

  private static boolean isAbsent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  ArchiveException wrong(String what) {
    return new ArchiveException(name + " is " + what);
  }
}
