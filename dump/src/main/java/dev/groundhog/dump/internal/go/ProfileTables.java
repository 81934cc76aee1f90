package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.Frame;
import dev.groundhog.dump.internal.protobuf.ProtobufReader;
import dev.groundhog.dump.internal.protobuf.ProtobufReader.Malformed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the samples of a profile refer to: its strings, functions and locations. Filled by [#read]
/// once.
final class ProfileTables {
  // Field numbers of profile.proto.
  static final int SAMPLE_TYPE = 1;
  static final int SAMPLE = 2;
  static final int LOCATION = 4;
  static final int FUNCTION = 5;
  static final int STRING = 6;
  static final int PERIOD_TYPE = 11;

  /// More entries than these in all tables end the reading.
  private static final int MAX_ENTRIES = 5_000_000;

  private record Location(long address, List<Line> lines) {}

  private record Line(long function, long number) {}

  private record Function(long name, long file) {}

  private final List<String> strings = new ArrayList<>();
  private final Map<Long, Location> locations = new HashMap<>();
  private final Map<Long, Function> functions = new HashMap<>();
  private final Map<Long, List<Frame>> frames = new HashMap<>();
  private long sampleType;
  private boolean hasSampleType;
  private long samples;
  private int entries;

  /// Reads all tables; why and where it had to end early, empty if it reached the end.
  Optional<String> read(ProtobufReader profile) {
    try {
      while (profile.next()) {
        field(profile);
        if (entries > MAX_ENTRIES) {
          return Optional.of(
              "at byte " + profile.position() + ": more than " + MAX_ENTRIES + " table entries");
        }
      }
      return Optional.empty();
    } catch (Malformed e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  long samples() {
    return samples;
  }

  /// What the first value of a sample counts, empty if it is not told.
  String sampleType() {
    return string(sampleType);
  }

  /// Entry `index` of the string table, empty if there is none.
  String string(long index) {
    return index >= 0 && index < strings.size() ? strings.get((int) index) : "";
  }

  /// The frames of one location, innermost first: more than one where functions were inlined.
  List<Frame> frames(long locationId) {
    Location location = locations.get(locationId);
    return location == null
        ? List.of(unnamed(locationId))
        : frames.computeIfAbsent(locationId, _ -> newFrames(location));
  }

  private void field(ProtobufReader profile) throws Malformed {
    switch (profile.field()) {
      case SAMPLE_TYPE -> sampleType(profile.message());
      case SAMPLE -> {
        profile.skip();
        samples++;
      }
      case LOCATION -> location(profile.message());
      case FUNCTION -> function(profile.message());
      case STRING -> {
        strings.add(profile.string());
        entries++;
      }
      default -> profile.skip();
    }
  }

  private void sampleType(ProtobufReader type) throws Malformed {
    while (type.next()) {
      if (type.field() == 1 && !hasSampleType) {
        sampleType = type.varint();
      } else {
        type.skip();
      }
    }
    hasSampleType = true;
  }

  private void location(ProtobufReader location) throws Malformed {
    long id = 0;
    long address = 0;
    List<Line> lines = new ArrayList<>();
    while (location.next()) {
      switch (location.field()) {
        case 1 -> id = location.varint();
        case 3 -> address = location.varint();
        case 4 -> {
          lines.add(line(location.message()));
          entries++;
          if (entries > MAX_ENTRIES) {
            return;
          }
        }
        default -> location.skip();
      }
    }
    locations.put(id, new Location(address, List.copyOf(lines)));
    entries++;
  }

  private static Line line(ProtobufReader line) throws Malformed {
    long function = 0;
    long number = 0;
    while (line.next()) {
      switch (line.field()) {
        case 1 -> function = line.varint();
        case 2 -> number = line.varint();
        default -> line.skip();
      }
    }
    return new Line(function, number);
  }

  private void function(ProtobufReader function) throws Malformed {
    long id = 0;
    long name = 0;
    long file = 0;
    while (function.next()) {
      switch (function.field()) {
        case 1 -> id = function.varint();
        case 2 -> name = function.varint();
        case 4 -> file = function.varint();
        default -> function.skip();
      }
    }
    functions.put(id, new Function(name, file));
    entries++;
  }

  private List<Frame> newFrames(Location location) {
    if (location.lines.isEmpty()) {
      return List.of(unnamed(location.address));
    }
    return location.lines.stream().map(line -> frame(line, location.address)).toList();
  }

  private Frame frame(Line line, long address) {
    Function function = functions.get(line.function);
    String name = function == null ? "" : string(function.name);
    if (function == null || name.isEmpty()) {
      return unnamed(address);
    }
    boolean isLine = line.number >= 0 && line.number <= Integer.MAX_VALUE;
    return new Frame(name, string(function.file), isLine ? (int) line.number : Frame.UNKNOWN_LINE);
  }

  private static Frame unnamed(long address) {
    return new Frame("0x" + Long.toHexString(address), "", Frame.UNKNOWN_LINE);
  }
}
