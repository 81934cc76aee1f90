package dev.groundhog.dump.internal.json;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.internal.json.JsonTokens.Landmark;
import dev.groundhog.dump.internal.json.JsonTokens.Malformed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// An array of objects, other elements passed over, of which a broken one costs no other: behind it
/// reading goes on at the next that has the member `first`, or at the member `behind` of the object
/// that holds the array.
public final class JsonRows {
  /// Where reading ended.
  public enum End {
    /// Behind the array.
    LEFT,
    /// At the value of the member behind it.
    BEHIND
  }

  public interface Row {
    /// Reads the members of a row that are left, and its end.
    ///
    /// @param atFirst whether it stands at the value of the member `first`, whose name is taken
    void read(boolean atFirst) throws Malformed, DumpException;
  }

  private final JsonTokens json;
  private final String first;
  private final Optional<String> behind;
  private final Row row;

  public JsonRows(JsonTokens json, String first, Optional<String> behind, Row row) {
    this.json = json;
    this.first = first;
    this.behind = behind;
    this.row = row;
  }

  /// Reads all rows; passes over a value that is no array.
  ///
  /// @param dropped is told of each broken row when reading goes on behind it
  /// @throws Malformed the damage behind which there is nothing to go on at
  public End read(Consumer<Malformed> dropped) throws Malformed, DumpException {
    if (json.peekValue() != '[') {
      json.skip();
      return End.LEFT;
    }
    int depth = json.depth();
    List<Landmark> landmarks = new ArrayList<>();
    landmarks.add(Landmark.member(first, depth + 2));
    behind.ifPresent(member -> landmarks.add(Landmark.member(member, depth)));
    json.beginArray();
    boolean atFirst = false;
    while (true) {
      try {
        if (!atFirst) {
          if (!json.nextElement()) {
            return End.LEFT;
          }
          if (!json.inObject()) {
            continue;
          }
        }
        row.read(atFirst);
        atFirst = false;
      } catch (Malformed damage) {
        Landmark landmark = JsonDump.resume(json, damage, landmarks);
        dropped.accept(damage);
        atFirst = landmark.text().equals(first);
        if (!atFirst) {
          return End.BEHIND;
        }
      }
    }
  }
}
