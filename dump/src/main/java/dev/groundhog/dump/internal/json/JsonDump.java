package dev.groundhog.dump.internal.json;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.json.JsonTokens.Landmark;
import dev.groundhog.dump.internal.json.JsonTokens.Malformed;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A dump inside a JSON object that is being read.
public interface JsonDump {
  /// The member that holds a JVM's dump.
  String THREAD_DUMP = "threadDump";

  /// Where a dump begins, its object's brace aside.
  List<Landmark> STARTS =
      List.of(Landmark.member(THREAD_DUMP, 1), Landmark.value(DumpJsonReader.SCHEMA, 1));

  /// Another dump began while a broken one looked for a place to go on at.
  final class NextDump extends Malformed {
    private static final long serialVersionUID = 1L;

    private final transient Landmark start;

    NextDump(Malformed damage, Landmark start) {
      super(damage.getMessage());
      this.start = start;
    }

    public Landmark start() {
      return start;
    }
  }

  /// Passes over damage up to the first of `landmarks`.
  ///
  /// @throws Malformed the damage itself if there is none; a [NextDump] if another dump begins
  ///   first
  static Landmark resume(JsonTokens json, Malformed damage, List<Landmark> landmarks)
      throws Malformed, DumpException {
    List<Landmark> wanted = Stream.concat(landmarks.stream(), STARTS.stream()).toList();
    Optional<Landmark> found = json.resumeAt(wanted);
    if (found.isEmpty()) {
      throw damage;
    }
    if (STARTS.contains(found.get())) {
      throw new NextDump(damage, found.get());
    }
    return found.get();
  }

  /// Whether the sink has been told that a dump begins, so that it must be ended.
  boolean begun();

  /// Ends the dump.
  ///
  /// @param cut why it could not be read to its end
  void end(Optional<Warning> cut);
}
