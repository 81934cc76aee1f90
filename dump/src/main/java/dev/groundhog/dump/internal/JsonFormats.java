package dev.groundhog.dump.internal;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.json.DumpJsonReader;
import dev.groundhog.dump.internal.json.JsonDump;
import dev.groundhog.dump.internal.json.JsonDump.NextDump;
import dev.groundhog.dump.internal.json.JsonTokens;
import dev.groundhog.dump.internal.json.JsonTokens.Landmark;
import dev.groundhog.dump.internal.json.JsonTokens.Malformed;
import dev.groundhog.dump.internal.jvm.JvmJson;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Dumps in JSON, one object after the other: a JVM's, or our own.
final class JsonFormats {
  private final JsonTokens json;
  private final DumpSink sink;

  /// Where the next dump was found by a broken one, which has passed over its object's brace.
  private Optional<Landmark> start = Optional.empty();

  /// Whether nothing was read yet.
  private boolean isFirst;

  private boolean found;
  private Optional<Warning> passedOver = Optional.empty();

  private String problem = "";

  /// @param isFirst whether nothing stands before, so that an object that is broken may be one that
  ///   holds a dump all the same
  JsonFormats(Content input, DumpSink sink, boolean isFirst) {
    this.json = new JsonTokens(input);
    this.sink = sink;
    this.isFirst = isFirst;
  }

  /// Reads every dump up to the end or to what is none, a line of a log in JSON too, and gives back
  /// the rest; whether there was one. A broken or cut dump gives every complete thread and a
  /// warning; reading goes on where the next one begins.
  boolean read() throws DumpException {
    boolean next = start.isPresent() || json.atDocument();
    while (next) {
      document();
      isFirst = false;
      next = start.isPresent() || (json.atDocument() && (json.inArray() || startsDump()));
    }
    json.giveBack();
    return found;
  }

  private boolean startsDump() throws DumpException {
    byte[] head = json.head(Formats.HEAD_BYTES);
    return Formats.startsJsonDump(head, 0, head.length);
  }

  /// Why there was no dump.
  String problem() {
    return problem.isEmpty()
        ? "JSON without a \"threadDump\" of a JVM and without the schema " + DumpJsonReader.SCHEMA
        : problem;
  }

  /// How many ends of line were read.
  long lines() {
    return json.lines();
  }

  /// Reads one object, or what is left of it, whether or not it is a dump.
  private void document() throws DumpException {
    DumpJsonReader own = new DumpJsonReader(json, sink);
    @Nullable JsonDump dump = null;
    Optional<Landmark> at = start;
    start = Optional.empty();
    try {
      if (at.isEmpty()) {
        json.beginObject();
      } else if (!at.get().isName()) {
        own.resumeBehindSchema();
        dump = own;
      }
      boolean named = at.isPresent() && at.get().isName();
      while (named || json.nextMember()) {
        String name = named ? JsonDump.THREAD_DUMP : json.name();
        named = false;
        boolean isJvms = name.equals(JsonDump.THREAD_DUMP) && json.peekValue() == '{';
        if (dump != null && (isJvms || dump != own)) {
          // An object is one dump: what is behind it or is another one is passed over.
          json.skip();
        } else if (isJvms) {
          JvmJson jvm = new JvmJson(json, sink);
          dump = jvm;
          jvm.read();
        } else if (own.member(name)) {
          dump = own;
        }
      }
    } catch (Malformed e) {
      resume(dump == null && own.begun() ? own : dump, e);
      return;
    }
    if (dump != null) {
      end(dump, Optional.empty());
    }
  }

  /// Behind a dump that was begun, and in what should be JSON, the next dump is looked for; behind
  /// a line that only looked like one the next line may be anything.
  private void resume(@Nullable JsonDump dump, Malformed e) throws DumpException {
    if (e instanceof NextDump next) {
      start = Optional.of(next.start());
    } else if (isFirst || json.inArray() || (dump != null && dump.begun())) {
      start = json.resumeAt(JsonDump.STARTS);
    } else {
      json.skipLine();
    }
    broken(dump, e);
  }

  private void broken(@Nullable JsonDump dump, Malformed e) throws DumpException {
    if (dump != null && dump.begun()) {
      end(dump, Optional.of(new Warning(0, "the dump is cut or broken " + e.getMessage())));
    } else if (found || start.isPresent()) {
      passedOver = Optional.of(new Warning(0, "a broken object was passed over " + e.getMessage()));
    } else {
      problem = "JSON that is no thread dump: " + e.getMessage();
    }
  }

  private void end(JsonDump dump, Optional<Warning> cut) {
    found = true;
    if (dump.begun()) {
      passedOver.ifPresent(sink::warning);
      passedOver = Optional.empty();
    }
    dump.end(cut);
  }
}
