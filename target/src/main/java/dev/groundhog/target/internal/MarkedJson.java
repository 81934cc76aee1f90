package dev.groundhog.target.internal;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.JsonReader;
import dev.groundhog.target.MarkedFunctions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads `groundhog.leak-prone/1`, what our own endpoint tells of marked functions. Members that it
/// does not know are passed over, with all that is in them.
final class MarkedJson {
  static final String PATH = "/debug/groundhog/leak-prone";

  private static final String SCHEMA = "groundhog.leak-prone/1";

  /// Some 10,000 functions with long names and reasons.
  private static final int MAX_BYTES = 1 << 24;

  private final JsonReader json;
  private boolean isOurs;
  private final Map<String, Optional<String>> reasons = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();

  private MarkedJson(JsonReader json) {
    this.json = json;
  }

  /// Empty if it is something else.
  static Optional<MarkedFunctions> read(InputStream body) throws IOException {
    byte[] bytes = body.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      return Optional.empty();
    }
    JsonReader json = new JsonReader(new ByteArrayInputStream(bytes));
    MarkedJson marked = new MarkedJson(json);
    try {
      json.members(marked::member);
      return marked.isOurs && json.isAtEnd()
          ? Optional.of(new MarkedFunctions(marked.reasons, marked.warnings))
          : Optional.empty();
    } catch (DumpException _) {
      return Optional.empty();
    }
  }

  private void member(String name) throws DumpException {
    switch (name) {
      case "schema" -> isOurs = json.text().equals(SCHEMA);
      case "functions" -> json.elements(this::function);
      case "warnings" -> json.elements(() -> warnings.add(json.text()));
      default -> json.skip(); // of a later version
    }
  }

  private void function() throws DumpException {
    String[] function = {"", ""};
    json.members(name -> {
      switch (name) {
        case "function" -> function[0] = json.text();
        case "reason" -> function[1] = json.text();
        default -> json.skip();
      }
    });
    if (!function[0].isEmpty()) {
      reasons.put(function[0], Optional.of(function[1]).filter(reason -> !reason.isEmpty()));
    }
  }
}
