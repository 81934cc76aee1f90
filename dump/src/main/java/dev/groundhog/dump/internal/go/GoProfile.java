package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.protobuf.ProtobufReader;
import dev.groundhog.dump.internal.protobuf.ProtobufReader.Malformed;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// pprof's protocol buffer of the goroutine profile, `debug=0` (google/pprof, proto/profile.proto).
/// Each sample is a group with a count. Strings and functions may stand behind the samples that
/// name them, so the whole message is held, up to [#MAX_BYTES].
public final class GoProfile {
  public static final int MAX_BYTES = 256 << 20;
  private static final int MAX_FRAMES = 10_000;

  // Field numbers of profile.proto.
  private static final int PROFILE_SAMPLE = 2;
  private static final int PROFILE_LOCATION = 4;
  private static final int PROFILE_FUNCTION = 5;
  private static final int PROFILE_STRING = 6;
  private static final int PROFILE_PERIOD_TYPE = 11;

  private record Location(long address, List<long[]> functionAndLine) {}

  private record Function(int name, int file) {}

  private record Label(int key, int text) {}

  private record Sample(List<Long> locations, long value, List<Label> labels) {}

  private final List<String> strings = new ArrayList<>();
  private final Map<Long, Location> locations = new HashMap<>();
  private final Map<Long, Function> functions = new HashMap<>();
  private final List<Sample> samples = new ArrayList<>();

  private GoProfile() {}

  /// Whether the content begins like a profile: with a nested field that profiles have at their
  /// top, and binary. Go 1.19 writes the period's type first, others the sample's.
  public static boolean startsAt(byte[] head, int length) {
    if (length < 4 || (head[0] & 7) != ProtobufReader.BYTES || head[0] < 0) {
      return false;
    }
    int field = head[0] >>> 3;
    boolean known = (field >= 1 && field <= PROFILE_STRING) || field == PROFILE_PERIOD_TYPE;
    for (int i = 1; known && i < Math.min(length, 16); i++) {
      if (head[i] >= 0 && head[i] < '\t') {
        return true;
      }
    }
    return false;
  }

  /// Reads one profile, already unpacked.
  ///
  /// @throws DumpException if it is no profile or larger than [#MAX_BYTES]
  public static void read(InputStream input, DumpSink sink) throws DumpException {
    byte[] bytes;
    try {
      bytes = input.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      throw new DumpException(
          DumpException.Code.IO, "the profile could not be read: " + e.getMessage(), e);
    }
    if (bytes.length > MAX_BYTES) {
      throw new DumpException(
          DumpException.Code.TOO_LARGE, "the profile is larger than " + MAX_BYTES + " bytes");
    }
    new GoProfile().read(bytes, sink);
  }

  private void read(byte[] bytes, DumpSink sink) throws DumpException {
    Optional<String> broken = Optional.empty();
    try {
      profile(new ProtobufReader(bytes));
    } catch (Malformed e) {
      broken = Optional.ofNullable(e.getMessage());
    }
    if (samples.isEmpty() && broken.isPresent()) {
      throw new DumpException(
          DumpException.Code.UNKNOWN_FORMAT, "no pprof profile: " + broken.get());
    }
    sink.begin(
        new ProcessInfo(OptionalLong.empty(), Optional.empty(), "Go", "pprof protocol buffer"));
    broken.ifPresent(why -> sink.warning(new Warning(0, "the profile is cut or broken " + why)));
    for (Sample sample : samples) {
      if (sample.value > 0) {
        sink.thread(thread(sample));
      }
    }
    sink.end();
  }

  private void profile(ProtobufReader profile) throws Malformed {
    while (profile.next()) {
      if (profile.wireType() != ProtobufReader.BYTES) {
        profile.skip();
        continue;
      }
      switch (profile.field()) {
        case PROFILE_SAMPLE -> samples.add(sample(profile.message()));
        case PROFILE_LOCATION -> location(profile.message());
        case PROFILE_FUNCTION -> function(profile.message());
        case PROFILE_STRING -> strings.add(profile.string());
        default -> profile.skip();
      }
    }
  }

  private static Sample sample(ProtobufReader sample) throws Malformed {
    List<Long> locations = new ArrayList<>();
    List<Long> values = new ArrayList<>();
    List<Label> labels = new ArrayList<>();
    while (sample.next()) {
      switch (sample.field()) {
        case 1 -> numbers(sample, locations);
        case 2 -> numbers(sample, values);
        case 3 -> labels.add(label(sample.message()));
        default -> sample.skip();
      }
    }
    return new Sample(locations, values.isEmpty() ? 0 : values.getFirst(), labels);
  }

  private static void numbers(ProtobufReader field, List<Long> into) throws Malformed {
    if (field.wireType() != ProtobufReader.BYTES) {
      into.add(field.varint());
      return;
    }
    ProtobufReader packed = field.message();
    while (packed.hasMore()) {
      into.add(packed.varint());
    }
  }

  private static Label label(ProtobufReader label) throws Malformed {
    int key = 0;
    int text = 0;
    while (label.next()) {
      switch (label.field()) {
        case 1 -> key = index(label.varint());
        case 2 -> text = index(label.varint());
        default -> label.skip();
      }
    }
    return new Label(key, text);
  }

  private void location(ProtobufReader location) throws Malformed {
    long id = 0;
    long address = 0;
    List<long[]> lines = new ArrayList<>();
    while (location.next()) {
      switch (location.field()) {
        case 1 -> id = location.varint();
        case 3 -> address = location.varint();
        case 4 -> lines.add(line(location.message()));
        default -> location.skip();
      }
    }
    locations.put(id, new Location(address, lines));
  }

  private static long[] line(ProtobufReader line) throws Malformed {
    long[] functionAndLine = new long[2];
    while (line.next()) {
      switch (line.field()) {
        case 1 -> functionAndLine[0] = line.varint();
        case 2 -> functionAndLine[1] = line.varint();
        default -> line.skip();
      }
    }
    return functionAndLine;
  }

  private void function(ProtobufReader function) throws Malformed {
    long id = 0;
    int name = 0;
    int file = 0;
    while (function.next()) {
      switch (function.field()) {
        case 1 -> id = function.varint();
        case 2 -> name = index(function.varint());
        case 4 -> file = index(function.varint());
        default -> function.skip();
      }
    }
    functions.put(id, new Function(name, file));
  }

  private DumpThread thread(Sample sample) {
    List<Frame> frames = new ArrayList<>();
    for (long id : sample.locations) {
      Location location = locations.get(id);
      if (location == null || location.functionAndLine.isEmpty()) {
        long address = location == null ? id : location.address;
        frames.add(new Frame("0x" + Long.toHexString(address), "", Frame.UNKNOWN_LINE));
        continue;
      }
      for (long[] line : location.functionAndLine) {
        frames.add(frame(line[0], line[1]));
      }
      if (frames.size() > MAX_FRAMES) {
        break;
      }
    }
    CallStack stack = new CallStack(withoutExit(frames));
    Map<String, String> labels = new HashMap<>();
    for (Label label : sample.labels) {
      labels.put(string(label.key), string(label.text));
    }
    return DumpThread.of(ThreadKind.GOROUTINE, stack)
        .count(sample.value)
        .state(ThreadState.UNKNOWN)
        .waits(GoWaits.byFrames(stack), "")
        .labels(Map.copyOf(labels))
        .build();
  }

  /// Every goroutine ends in `runtime.goexit`, which the text formats leave out.
  private static List<Frame> withoutExit(List<Frame> frames) {
    return !frames.isEmpty() && frames.getLast().function().equals("runtime.goexit")
        ? frames.subList(0, frames.size() - 1)
        : frames;
  }

  private Frame frame(long functionId, long line) {
    Function function = functions.get(functionId);
    String name = function == null ? "" : string(function.name);
    int lineNumber = line < 0 || line > Integer.MAX_VALUE ? Frame.UNKNOWN_LINE : (int) line;
    return new Frame(
        name.isEmpty() ? "?" : name, function == null ? "" : string(function.file), lineNumber);
  }

  private String string(int index) {
    return index < strings.size() ? strings.get(index) : "";
  }

  private static int index(long value) {
    return value < 0 || value > Integer.MAX_VALUE ? 0 : (int) value;
  }
}
