package dev.groundhog.dump.internal.json;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.json.JsonTokens.Malformed;
import java.util.Optional;

/// A dump inside a JSON object that is being read.
public interface JsonDump {
  /// Reads what stands at the tokens.
  void read() throws Malformed, DumpException;

  /// Whether the sink has been told that a dump begins, so that it must be ended.
  boolean begun();

  /// Ends the dump.
  ///
  /// @param cut why it could not be read to its end
  void end(Optional<Warning> cut);
}
