package dev.groundhog.pouch.internal.client;

import dev.groundhog.pouch.PouchException;
import dev.groundhog.pouch.PouchException.Code;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a daemon tells while it works: one JSON object a line.
public final class Progress {
  private static final int MAX_LINE_BYTES = 1 << 20;
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Progress() {}

  /// Reads to the end and hands on each text.
  ///
  /// @throws PouchException at an error that the daemon tells
  public static void read(InputStream in, Consumer<String> text) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) {
      if (b == '\n') {
        tell(line, text);
        line.reset();
      } else if (line.size() < MAX_LINE_BYTES) {
        line.write(b);
      } else {
        throw new PouchException(
            Code.BROKEN, "the daemon tells a line of more than " + MAX_LINE_BYTES + " bytes");
      }
    }
    tell(line, text);
  }

  private static void tell(ByteArrayOutputStream line, Consumer<String> text)
      throws PouchException {
    String json = line.toString(StandardCharsets.UTF_8).strip();
    if (json.isEmpty()) {
      return;
    }
    JsonNode message;
    try {
      message = MAPPER.readTree(json);
    } catch (JacksonException e) {
      throw new PouchException(
          Code.BROKEN, "the daemon tells what is no JSON: " + e.getOriginalMessage(), e);
    }
    String error =
        message.path("errorDetail").path("message").asString(message.path("error").asString(""));
    if (!error.isEmpty()) {
      throw new PouchException(Code.REFUSED, HttpCalls.cut(error.strip()));
    }
    String told = message.path("stream").asString(message.path("status").asString(""));
    if (!told.isBlank()) {
      text.accept(told.strip());
    }
  }
}
