package dev.groundhog.leak;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.JsonWriter;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/// A stack as programs read it in our reports.
public final class StackJson {
  private StackJson() {}

  /// An array of frames, innermost first: `function`, `file` and `line`, both null if not known.
  public static void write(JsonWriter json, CallStack stack) throws IOException {
    json.beginArray();
    for (Frame frame : stack.frames()) {
      json.beginObject();
      json.name("function").value(frame.function());
      json.name("file").value(Optional.of(frame.file()).filter(file -> !file.isEmpty()));
      json.name("line")
          .value(frame.line() > 0 ? OptionalLong.of(frame.line()) : OptionalLong.empty());
      json.endObject();
    }
    json.endArray();
  }
}
