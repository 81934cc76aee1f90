package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// Reads what a client sends, field by field. What is there with another type is refused by name: a
/// limit that is no number must not be taken for none. A `null` is as if it were not there.
final class Fields {
  private Fields() {}

  /// Empty if it is not there.
  static String text(JsonNode object, String name) {
    return string(object.path(name), name);
  }

  private static String string(JsonNode field, String name) {
    if (isAbsent(field)) {
      return "";
    }
    if (!field.isString()) {
      throw bad(name + " is no string");
    }
    return checked(field.stringValue(), name);
  }

  /// What a kernel can take, and what can be written as UTF-8.
  private static String checked(String text, String name) {
    if (text.indexOf('\0') >= 0) {
      throw bad(name + " holds a NUL");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw bad(name + " holds half a character");
    }
    return text;
  }

  /// False if it is not there.
  static boolean flag(JsonNode object, String name) {
    JsonNode field = object.path(name);
    if (!isAbsent(field) && !field.isBoolean()) {
      throw bad(name + " is neither true nor false");
    }
    return field.asBoolean(false);
  }

  /// @param absent stands for one that is not there
  /// @param most that can be dealt with
  static long number(JsonNode object, String name, long absent, long most) {
    JsonNode field = object.path(name);
    if (isAbsent(field)) {
      return absent;
    }
    if (!field.isIntegralNumber()) {
      throw bad(name + " is no whole number");
    }
    if (!field.canConvertToLong() || field.longValue() > most) {
      throw bad(name + " is too large");
    }
    return field.longValue();
  }

  /// Strings, or one string.
  static List<String> strings(JsonNode object, String name) {
    JsonNode field = object.path(name);
    if (field.isString()) {
      return List.of(checked(field.stringValue(), name));
    }
    List<String> all = new ArrayList<>();
    for (JsonNode element : array(object, name)) {
      if (!element.isString()) {
        throw bad(name + " holds something else than strings");
      }
      all.add(checked(element.stringValue(), name));
    }
    return all;
  }

  /// Empty if it is not there.
  static List<JsonNode> array(JsonNode object, String name) {
    JsonNode field = object.path(name);
    if (isAbsent(field)) {
      return List.of();
    }
    if (!field.isArray()) {
      throw bad(name + " is no array");
    }
    return field.valueStream().toList();
  }

  /// Another object in it, which may not be there.
  static JsonNode object(JsonNode object, String name) {
    JsonNode field = object.path(name);
    requireObject(field, name);
    return field;
  }

  /// Strings by their names.
  static Map<String, String> map(JsonNode object, String name) {
    Map<String, String> all = new LinkedHashMap<>();
    object(object, name)
        .properties()
        .forEach(entry ->
            all.put(checked(entry.getKey(), name), string(entry.getValue(), "a value of " + name)));
    return all;
  }

  /// Refuses what is set and not read.
  ///
  /// @param names what some of them are called
  /// @param whole what they are parts of
  static void refuseOthers(
      JsonNode object, Set<String> known, Map<String, String> names, String whole) {
    requireObject(object, whole);
    object
        .properties()
        .forEach(entry -> {
          String name = entry.getKey();
          if (!known.contains(name) && isSet(entry.getValue())) {
            throw unsupported(names.getOrDefault(name, "the setting " + whole + "." + name));
          }
        });
  }

  private static void requireObject(JsonNode node, String name) {
    if (!isAbsent(node) && !node.isObject()) {
      throw bad(name + " is no object");
    }
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  /// A number that no type can hold is one.
  private static boolean isSet(JsonNode value) {
    if (value.isContainer()) {
      return !value.isEmpty();
    }
    return value.isBoolean()
        ? value.booleanValue()
        : value.isNumber() ? value.asDouble(1) != 0 : !value.asString("").isEmpty();
  }

  static ApiException unsupported(String what) {
    return new ApiException(Code.NOT_IMPLEMENTED, "not supported: " + what);
  }

  static ApiException bad(String message) {
    return new ApiException(Code.BAD_REQUEST, message);
  }
}
