package dev.groundhog.dump.internal;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.json.DumpJsonReader;
import dev.groundhog.dump.internal.json.JsonDump;
import dev.groundhog.dump.internal.json.JsonTokens;
import dev.groundhog.dump.internal.json.JsonTokens.Malformed;
import dev.groundhog.dump.internal.jvm.JvmJson;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Dumps in JSON, one object after the other: a JVM's, or our own.
final class JsonFormats {
  private final JsonTokens json;
  private final DumpSink sink;
  private boolean broken;

  private JsonFormats(InputStream input, DumpSink sink) {
    this.json = new JsonTokens(input);
    this.sink = sink;
  }

  /// Reads every dump of the input. A broken or cut one gives every complete thread and a warning,
  /// and is the last.
  static void read(InputStream input, DumpSink sink) throws DumpException {
    JsonFormats formats = new JsonFormats(input, sink);
    boolean found = false;
    while (!formats.broken && formats.json.peekValue() == '{') {
      found |= formats.document(!found);
    }
    if (!found) {
      throw new DumpException(
          DumpException.Code.UNKNOWN_FORMAT,
          "JSON without a \"threadDump\" of a JVM and without the schema " + DumpJsonReader.SCHEMA);
    }
  }

  /// Reads one object; whether it was a dump.
  private boolean document(boolean first) throws DumpException {
    DumpJsonReader own = new DumpJsonReader(json, sink);
    @Nullable JsonDump dump = null;
    try {
      json.beginObject();
      while (json.nextMember()) {
        String name = json.name();
        boolean isJvms = name.equals("threadDump") && json.peekValue() == '{';
        if (dump != null && (isJvms || dump != own)) {
          // An object is one dump: what is behind it or is another one is passed over.
          json.skip();
        } else if (isJvms) {
          dump = new JvmJson(json, sink);
          dump.read();
        } else if (own.member(name)) {
          dump = own;
        }
      }
    } catch (Malformed e) {
      broken = true;
      if (dump == null && own.begun()) {
        dump = own;
      }
      if (dump == null || !dump.begun()) {
        if (!first) {
          return false;
        }
        throw new DumpException(
            DumpException.Code.UNKNOWN_FORMAT, "JSON that is no thread dump: " + e.getMessage());
      }
      dump.end(Optional.of(new Warning(0, "the dump is cut or broken " + e.getMessage())));
      return true;
    }
    if (dump == null) {
      return false;
    }
    dump.end(Optional.empty());
    return true;
  }
}
