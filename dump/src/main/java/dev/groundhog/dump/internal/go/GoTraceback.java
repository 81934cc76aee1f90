package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.Lines;
import dev.groundhog.dump.internal.TextFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The text of every goroutine: `debug=2`, `runtime.Stack`, a panic, SIGQUIT, of Go 1.4 to 1.27, as
/// the runtime's traceback.go writes it. Arguments and program counters are dropped; ancestors
/// (`GODEBUG=tracebackancestors`) are passed over.
public final class GoTraceback implements TextFormat {
  private static final int MAX_FRAMES = 10_000;
  private static final int MAX_CACHED = 100_000;
  private static final String CREATED_BY = "created by ";
  private static final String UNAVAILABLE = "stack unavailable";

  private final Map<String, Frame> frames = new HashMap<>();

  @Override
  public boolean startsAt(Lines lines) throws DumpException {
    String line = lines.peek();
    return line != null && GoHeader.looksLike(line) && GoHeader.parse(line).isPresent();
  }

  @Override
  public void read(Lines lines, DumpSink sink) throws DumpException {
    sink.begin(new ProcessInfo(OptionalLong.empty(), Optional.empty(), "Go", "Go traceback"));
    boolean separated = true;
    boolean any = false;
    while (true) {
      String line = lines.peek();
      if (line == null || startsAnotherDump(line)) {
        break;
      }
      Optional<GoHeader> header =
          GoHeader.looksLike(line) ? GoHeader.parse(line) : Optional.empty();
      if (header.isEmpty()) {
        separated |= line.isEmpty() || !line.startsWith("\t");
        lines.next();
        if (line.startsWith("goroutine ") && line.indexOf('[') > 0) {
          sink.warning(new Warning(lines.number(), "a goroutine whose header cannot be read"));
        }
        continue;
      }
      // Goroutines of one dump have a blank line between them; dumps in one file follow directly.
      if (any && !separated) {
        break;
      }
      lines.next();
      goroutine(header.get(), lines, sink);
      any = true;
      separated = false;
    }
    sink.end();
  }

  /// Text that begins a dump of its own, so that this one has ended.
  private static boolean startsAnotherDump(String line) {
    return line.startsWith("Full thread dump ")
        || GoDebug1.isHeader(line)
        || line.startsWith("panic: ")
        || line.startsWith("fatal error: ")
        || line.startsWith("SIGQUIT: ");
  }

  private void goroutine(GoHeader header, Lines lines, DumpSink sink) throws DumpException {
    long start = lines.number();
    List<Frame> stack = new ArrayList<>();
    int elidedAfter = -1;
    int elided = 0;
    CallStack createdBy = CallStack.EMPTY;
    OptionalLong creator = OptionalLong.empty();
    boolean inAncestor = false;
    String lastPlace = "";
    while (true) {
      String line = lines.peek();
      if (line == null || line.isEmpty() || GoHeader.looksLike(line)) {
        break;
      }
      if (line.startsWith("\t")) {
        lines.next();
        if (!line.endsWith(UNAVAILABLE) && !inAncestor) {
          sink.warning(new Warning(lines.number(), "a file without its function"));
        }
        continue;
      }
      if (line.startsWith("[originating from goroutine ")) {
        inAncestor = true;
        lines.next();
        continue;
      }
      OptionalLong gap = elided(line);
      if (gap.isPresent()) {
        lines.next();
        if (!inAncestor && elidedAfter < 0) {
          elidedAfter = stack.size();
          elided = (int) Math.min(gap.getAsLong(), Integer.MAX_VALUE);
        }
        continue;
      }
      boolean isCreation = line.startsWith(CREATED_BY);
      if (!isCreation && !isFunction(line, lines.peek(1))) {
        break;
      }
      lines.next();
      String place = takePlace(lines);
      lastPlace = place == null ? "" : place;
      if (inAncestor) {
        continue;
      }
      if (isCreation) {
        int in = line.lastIndexOf(" in goroutine ");
        creator =
            in < 0 ? creator : GoHeader.number(line.substring(in + " in goroutine ".length()));
        String function =
            line.substring(CREATED_BY.length(), in < CREATED_BY.length() ? line.length() : in);
        createdBy = new CallStack(List.of(frame(function, place)));
      } else if (stack.size() < MAX_FRAMES) {
        stack.add(frame(function(line), place));
      } else if (elidedAfter < 0) {
        elidedAfter = MAX_FRAMES;
        elided = -1;
      }
    }
    if (lines.peek() == null && !lines.lastLineComplete()) {
      // Every goroutine but the main one ends with its creation, and that with a program counter.
      boolean whole =
          lastPlace.contains(" +0x") && (header.id() == 1 || !createdBy.frames().isEmpty());
      sink.warning(
          new Warning(
              lines.number(),
              "the dump ends inside goroutine "
                  + header.id()
                  + " of line "
                  + start
                  + (whole ? "" : ", dropped")));
      if (!whole) {
        return;
      }
    }
    sink.thread(thread(header, new CallStack(stack, elidedAfter, elided), createdBy, creator));
  }

  private static DumpThread thread(
      GoHeader header, CallStack stack, CallStack createdBy, OptionalLong creator) {
    DumpThread.Builder thread =
        DumpThread.of(ThreadKind.GOROUTINE, stack)
            .id(header.id())
            .state(GoWaits.state(header.reason().replace(" (durable)", "")))
            .waits(GoWaits.kind(header.reason(), stack), header.reason())
            .labels(header.labels())
            .group(header.bubble())
            .lockedToThread(header.lockedToThread())
            .leaked(header.leaked())
            .createdBy(createdBy);
    creator.ifPresent(thread::creatorId);
    header.minutes().ifPresent(m -> thread.waiting(Duration.ofSeconds(Math.min(m, 1L << 40) * 60)));
    return thread.build();
  }

  /// The line with the file, which starts with a tab; taken if it is there.
  private static @Nullable String takePlace(Lines lines) throws DumpException {
    String place = lines.peek();
    return place != null && place.startsWith("\t") ? lines.next() : null;
  }

  /// A function with its arguments, or a C function, which has none but has a place below it.
  private static boolean isFunction(String line, @Nullable String next) {
    return line.endsWith(")")
        || line.startsWith("non-Go function at pc=")
        || (next != null && next.startsWith("\t") && line.indexOf(' ') < 0)
        || (next == null && line.indexOf('(') > 0);
  }

  private static String function(String line) {
    int arguments = line.endsWith(")") ? line.lastIndexOf('(') : -1;
    if (arguments <= 0) {
      int pc = line.startsWith("non-Go function") ? line.indexOf(" at pc=") : -1;
      return pc > 0 ? line.substring(0, pc) : line;
    }
    return line.substring(0, arguments);
  }

  private Frame frame(String function, @Nullable String place) {
    String name = function.isEmpty() ? "?" : function;
    if (frames.size() > MAX_CACHED) {
      frames.clear();
    }
    return frames.computeIfAbsent(name + place, _ -> newFrame(name, place));
  }

  private static Frame newFrame(String name, @Nullable String place) {
    if (place == null) {
      return new Frame(name, "", Frame.UNKNOWN_LINE);
    }
    String location = place.substring(1);
    for (String tail : List.of(" +0x", " fp=0x", " pc=0x")) {
      int end = location.indexOf(tail);
      location = end < 0 ? location : location.substring(0, end);
    }
    if (location.startsWith("pc=0x")) {
      return new Frame(name, "", Frame.UNKNOWN_LINE);
    }
    return GoPlaces.frame(name, location);
  }

  private static OptionalLong elided(String line) {
    if (!line.startsWith("...") || !line.endsWith(" frames elided...")) {
      return OptionalLong.empty();
    }
    String count = line.substring(3, line.length() - " frames elided...".length());
    return count.equals("additional") ? OptionalLong.of(-1) : positive(GoHeader.number(count));
  }

  private static OptionalLong positive(OptionalLong number) {
    return number.isPresent() && number.getAsLong() == 0 ? OptionalLong.empty() : number;
  }
}
