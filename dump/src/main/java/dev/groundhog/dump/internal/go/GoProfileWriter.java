package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.Frame;
import dev.groundhog.dump.StackCounts;
import dev.groundhog.dump.internal.protobuf.ProtobufWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/// Writes a dump as pprof's protocol buffer. Function, location and string each have an id from a
/// table that grows while samples are written. Held in memory until the end.
public final class GoProfileWriter {
  private static final int MAPPING = 3;
  private static final int MAPPING_ID = 1;

  private final ProtobufWriter profile = new ProtobufWriter();
  private final Map<String, Long> strings = new LinkedHashMap<>();
  private final Map<Frame, Long> locations = new LinkedHashMap<>();

  private GoProfileWriter() {}

  /// Writes `counts`, gzipped, and does not close `out`.
  ///
  /// @param duration from the moment that they are the difference to; 0 if they are none
  public static void write(StackCounts counts, Duration duration, OutputStream out)
      throws IOException {
    GZIPOutputStream zipped = new GZIPOutputStream(out, 1 << 16);
    new GoProfileWriter().profile(counts, duration).writeTo(zipped);
    zipped.finish();
  }

  private ProtobufWriter profile(StackCounts counts, Duration duration) {
    string("");
    profile.message(ProfileTables.SAMPLE_TYPE, valueType(counts.profile()));
    counts.groups().forEach(this::sample);
    profile.message(MAPPING, mapping());
    tables();
    profile.message(ProfileTables.PERIOD_TYPE, valueType(counts.profile()));
    profile.number(12, 1); // period
    counts
        .time()
        .ifPresent(at -> profile.number(9, at.getEpochSecond() * 1_000_000_000L + at.getNano()));
    profile.number(10, duration.toNanos());
    profile.number(14, string(counts.profile().text())); // default_sample_type
    strings.keySet().forEach(text -> profile.string(ProfileTables.STRING, text));
    return profile;
  }

  /// A mapping without file, range or name that says that functions, files and lines are all told:
  /// without it, or without one of the three, pprof looks for a binary and warns that there is none
  /// ("Main binary filename not available", Go 1.19 to 1.27).
  private static ProtobufWriter mapping() {
    return new ProtobufWriter().number(1, MAPPING_ID).number(7, 1).number(8, 1).number(9, 1);
  }

  private ProtobufWriter valueType(StackCounts.Profile of) {
    return new ProtobufWriter().number(1, string(of.text())).number(2, string("count"));
  }

  private void sample(StackCounts.Group group) {
    List<Long> ids = new ArrayList<>();
    for (Frame frame : group.stack().frames()) {
      ids.add(locations.computeIfAbsent(frame, _ -> locations.size() + 1L));
    }
    ProtobufWriter sample = new ProtobufWriter().numbers(1, ids).numbers(2, List.of(group.count()));
    new TreeMap<>(group.labels())
        .forEach((key, value) ->
            sample.message(
                3, new ProtobufWriter().number(1, string(key)).number(2, string(value))));
    profile.message(ProfileTables.SAMPLE, sample);
  }

  /// A function has no `system_name`: where one is equal to the name, pprof takes it for a mangled
  /// name of C++ and cuts what is between `<` and `>`.
  private void tables() {
    Map<Frame, Long> functions = new HashMap<>();
    locations.forEach((frame, id) -> {
      Frame function = new Frame(frame.function(), frame.file(), Frame.UNKNOWN_LINE);
      Long known = functions.get(function);
      long functionId = known == null ? functions.size() + 1L : known;
      if (known == null) {
        functions.put(function, functionId);
        profile.message(
            ProfileTables.FUNCTION,
            new ProtobufWriter()
                .number(1, functionId)
                .number(2, string(frame.function()))
                .number(4, string(frame.file())));
      }
      ProtobufWriter line =
          new ProtobufWriter().number(1, functionId).number(2, Math.max(0, frame.line()));
      profile.message(
          ProfileTables.LOCATION,
          new ProtobufWriter().number(1, id).number(2, MAPPING_ID).message(4, line));
    });
  }

  private long string(String text) {
    return strings.computeIfAbsent(text, _ -> (long) strings.size());
  }
}
