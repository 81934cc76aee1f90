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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// pprof's protocol buffer of the goroutine profile, `debug=0` (google/pprof, proto/profile.proto).
/// Each sample is a group with a count. Names stand behind the samples that use them, so the whole
/// message is held, up to [#MAX_BYTES], and is walked twice: for its tables, then for its samples.
public final class GoProfile {
  public static final int MAX_BYTES = 128 << 20;
  private static final int MAX_FRAMES = 10_000;

  /// A frame takes a byte at least, or less where functions were inlined: a profile with more
  /// frames than these for each byte was made to be large.
  private static final long MAX_FRAMES_PER_BYTE = 4;

  private static final long FREE_FRAMES = 100_000;
  private static final int MAX_LABELS = 1_000;
  private static final Set<Integer> FIRST_FIELDS =
      Set.of(ProfileTables.SAMPLE_TYPE, ProfileTables.SAMPLE, ProfileTables.PERIOD_TYPE);
  private static final int READ_BYTES = 1 << 16;

  private final byte[] bytes;
  private final Optional<String> readFailure;
  private final ProfileTables tables = new ProfileTables();
  private long framesLeft;

  private GoProfile(byte[] bytes, Optional<String> readFailure) {
    this.bytes = bytes;
    this.framesLeft = FREE_FRAMES + MAX_FRAMES_PER_BYTE * bytes.length;
    this.readFailure = readFailure;
  }

  /// Whether the content begins with a field of a profile: Go puts the type of the period first,
  /// other writers the sample types or samples.
  public static boolean startsAt(byte[] head, int length) {
    return length > 4
        && FIRST_FIELDS.contains((head[0] & 0xff) >>> 3)
        && (head[0] & 7) == ProtobufReader.BYTES
        && head[1] > 0
        && (head[2] == 0x08 || head[2] == 0x0a || head[2] == 0x10);
  }

  /// Reads one profile, already unpacked. A profile that is cut gives the samples before the cut
  /// and a warning; their functions have no names then, since those come last.
  ///
  /// @throws DumpException if it is no profile of goroutines or threads, or is larger than
  ///   [#MAX_BYTES]
  public static void read(InputStream input, DumpSink sink) throws DumpException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] part = new byte[READ_BYTES];
    Optional<String> failure = Optional.empty();
    try {
      for (int read = input.read(part); read >= 0; read = input.read(part)) {
        bytes.write(part, 0, read);
        if (bytes.size() > MAX_BYTES) {
          throw new DumpException(
              DumpException.Code.TOO_LARGE, "the profile is larger than " + MAX_BYTES + " bytes");
        }
      }
    } catch (DumpException e) {
      throw e;
    } catch (IOException e) {
      if (bytes.size() == 0) {
        throw new DumpException(
            DumpException.Code.IO, "the profile could not be read: " + e.getMessage(), e);
      }
      failure = Optional.of("after byte " + bytes.size() + ": " + e.getMessage());
    }
    new GoProfile(bytes.toByteArray(), failure).read(sink);
  }

  private void read(DumpSink sink) throws DumpException {
    Optional<String> broken = tables.read(new ProtobufReader(bytes)).or(() -> readFailure);
    if (tables.samples() == 0 && broken.isPresent()) {
      throw new DumpException(
          DumpException.Code.UNKNOWN_FORMAT, "no pprof profile: " + broken.get());
    }
    String type = tables.sampleType();
    if (!type.isEmpty() && !type.startsWith("goroutine") && !type.equals("threadcreate")) {
      throw new DumpException(
          DumpException.Code.UNKNOWN_FORMAT,
          "this profile counts " + type + ", not goroutines; get one from /debug/pprof/goroutine");
    }
    sink.begin(
        new ProcessInfo(OptionalLong.empty(), Optional.empty(), "Go", "pprof protocol buffer"));
    broken.ifPresent(why -> sink.warning(new Warning(0, "the profile is cut or broken " + why)));
    try {
      samples(type.equals("goroutineleak"), sink);
    } catch (Malformed e) {
      if (broken.isEmpty()) {
        sink.warning(new Warning(0, "the profile is broken " + e.getMessage()));
      }
    }
    sink.end();
  }

  private void samples(boolean leaked, DumpSink sink) throws Malformed {
    ProtobufReader profile = new ProtobufReader(bytes);
    while (profile.next()) {
      if (profile.field() != ProfileTables.SAMPLE) {
        profile.skip();
        continue;
      }
      if (framesLeft <= 0) {
        sink.warning(
            new Warning(
                0,
                "at byte "
                    + profile.position()
                    + ": too many frames for the size of the profile, the samples behind them"
                    + " were not read"));
        return;
      }
      sample(profile.message(), leaked, sink);
    }
  }

  private void sample(ProtobufReader sample, boolean leaked, DumpSink sink) throws Malformed {
    List<Frame> frames = new ArrayList<>();
    Map<String, String> labels = new HashMap<>();
    long value = 0;
    boolean hasValue = false;
    while (sample.next()) {
      switch (sample.field()) {
        case 1 -> {
          for (ProtobufReader ids = sample.values(); ids.hasMore(); ) {
            addFrames(ids.varint(), frames);
          }
        }
        case 2 -> {
          for (ProtobufReader values = sample.values(); values.hasMore(); ) {
            long next = values.varint();
            value = hasValue ? value : next;
            hasValue = true;
          }
        }
        case 3 -> label(sample.message(), labels);
        default -> sample.skip();
      }
    }
    framesLeft -= frames.size() + 1;
    // The difference of two profiles has counts of zero and below.
    if (value > 0) {
      sink.thread(thread(value, new CallStack(withoutExit(frames)), labels, leaked));
    }
  }

  private void label(ProtobufReader label, Map<String, String> labels) throws Malformed {
    String key = "";
    String text = "";
    while (label.next()) {
      switch (label.field()) {
        case 1 -> key = tables.string(label.varint());
        case 2 -> text = tables.string(label.varint());
        default -> label.skip();
      }
    }
    if (labels.size() < MAX_LABELS) {
      labels.put(key, text);
    }
  }

  private void addFrames(long locationId, List<Frame> frames) {
    if (frames.size() < MAX_FRAMES) {
      List<Frame> more = tables.frames(locationId);
      frames.addAll(more.subList(0, Math.min(more.size(), MAX_FRAMES - frames.size())));
    }
  }

  private static DumpThread thread(
      long count, CallStack stack, Map<String, String> labels, boolean leaked) {
    return DumpThread.of(ThreadKind.GOROUTINE, stack)
        .count(count)
        .state(ThreadState.UNKNOWN)
        .waits(GoWaits.byFrames(stack), "")
        .labels(Map.copyOf(labels))
        .leaked(leaked)
        .build();
  }

  /// Every goroutine ends in `runtime.goexit`, which the text formats leave out.
  private static List<Frame> withoutExit(List<Frame> frames) {
    return !frames.isEmpty() && frames.getLast().function().equals("runtime.goexit")
        ? frames.subList(0, frames.size() - 1)
        : frames;
  }
}
