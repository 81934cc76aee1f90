package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.internal.Lines;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The lines below one header of a traceback, up to the blank line or the next header. Filled by
/// [#read] once.
final class Goroutine {
  private static final int MAX_FRAMES = 10_000;
  static final String CREATED_BY = "created by ";
  static final String IN_GOROUTINE = " in goroutine ";
  private static final String UNAVAILABLE = "stack unavailable";
  private static final long MAX_MINUTES = 1L << 40;

  private final GoHeader header;
  private final long line;
  private final List<Frame> frames = new ArrayList<>();
  private int elidedAfter = -1;
  private int elided;
  private CallStack createdBy = CallStack.EMPTY;
  private OptionalLong creator = OptionalLong.empty();
  private boolean inAncestor;
  private boolean unavailable;
  private String lastPlace = "";
  private boolean lastHasPlace = true;
  private int placesAlone;

  private Goroutine(GoHeader header, long line) {
    this.header = header;
    this.line = line;
  }

  /// Takes the lines of the goroutine whose header was taken last.
  static Goroutine read(GoHeader header, Lines lines, GoPlaces places) throws DumpException {
    Goroutine goroutine = new Goroutine(header, lines.number());
    for (String line = lines.peek();
        line != null && !line.isEmpty() && !GoHeader.looksLike(line);
        line = lines.peek()) {
      if (!goroutine.take(line, lines, places)) {
        if (!lines.inLog()) {
          break;
        }
        lines.next();
      }
    }
    return goroutine;
  }

  /// The line of its header.
  long line() {
    return line;
  }

  @Override
  public String toString() {
    return "goroutine " + header.id() + " of line " + line;
  }

  boolean hasCreator() {
    return !createdBy.frames().isEmpty();
  }

  /// Lines with a file and no function above them, which were passed over.
  int placesAlone() {
    return placesAlone;
  }

  /// Whether the lines can be all of this goroutine although the input ends behind them.
  ///
  /// @param lastLineComplete whether the last line has its end
  /// @param othersHaveCreator whether goroutines of this dump name their creator
  boolean canBeWhole(boolean lastLineComplete, boolean othersHaveCreator) {
    if (unavailable) {
      return true;
    }
    if (frames.isEmpty() || !lastHasPlace) {
      return false;
    }
    boolean lineIsWhole = lastLineComplete || lastPlace.contains(" +0x");
    // The main goroutine and the scheduler's have no creator; all others end with it.
    return lineIsWhole && (hasCreator() || header.id() <= 1 || !othersHaveCreator);
  }

  CallStack stack() {
    return new CallStack(frames, elidedAfter, elided);
  }

  /// The creation site, of one frame; empty if the lines do not tell.
  CallStack createdBy() {
    return createdBy;
  }

  DumpThread thread() {
    return thread(header, stack(), createdBy, creator);
  }

  static DumpThread thread(
      GoHeader header, CallStack stack, CallStack createdBy, OptionalLong creator) {
    DumpThread.Builder thread =
        DumpThread.of(ThreadKind.GOROUTINE, stack)
            .id(header.id())
            .state(GoWaits.state(header.reason()))
            .waits(GoWaits.kind(header.reason(), stack), header.reason())
            .labels(header.labels())
            .group(header.bubble())
            .lockedToThread(header.lockedToThread())
            .leaked(header.leaked())
            .createdBy(createdBy);
    creator.ifPresent(thread::creatorId);
    header
        .minutes()
        .ifPresent(m -> thread.waiting(Duration.ofSeconds(Math.min(m, MAX_MINUTES) * 60)));
    return thread.build();
  }

  /// Takes `line` and what belongs to it; false if it is no part of a goroutine.
  private boolean take(String line, Lines lines, GoPlaces places) throws DumpException {
    if (isPlace(line)) {
      lines.next();
      if (line.endsWith(UNAVAILABLE)) {
        unavailable = true;
      } else if (!inAncestor) {
        placesAlone++;
      }
      return true;
    }
    if (line.startsWith("[originating from goroutine ")) {
      lines.next();
      inAncestor = true;
      return true;
    }
    String plain = GoDebug2Writer.withoutFrameForm(line);
    if (isElision(plain) || plain.equals(GoDebug2Writer.NO_FRAMES)) {
      lines.next();
      if (GoDebug2Writer.NOWHERE.equals(lines.peek())) {
        lines.next();
      }
      unavailable |= plain.equals(GoDebug2Writer.NO_FRAMES);
      gap(plain);
      return true;
    }
    boolean isCreation = line.startsWith(CREATED_BY);
    if (!isCreation && !isFunction(line, lines.peek(1))) {
      return false;
    }
    lines.next();
    String place = takePlace(lines);
    if (inAncestor) {
      return true;
    }
    lastHasPlace = place != null || line.startsWith("non-Go function");
    lastPlace = place == null ? "" : place;
    if (isCreation) {
      creation(line.substring(CREATED_BY.length()), place, places);
    } else if (frames.size() < MAX_FRAMES) {
      frames.add(places.frame(function(line), place));
    } else if (elidedAfter < 0) {
      elidedAfter = MAX_FRAMES;
      elided = -1;
    }
    return true;
  }

  private void creation(String text, @Nullable String place, GoPlaces places) {
    int in = text.lastIndexOf(IN_GOROUTINE);
    if (in > 0) {
      creator = GoHeader.number(text.substring(in + IN_GOROUTINE.length()));
    }
    createdBy = new CallStack(List.of(places.frame(in > 0 ? text.substring(0, in) : text, place)));
  }

  private static boolean isElision(String line) {
    return line.startsWith("...") && line.endsWith(" frames elided...");
  }

  /// `...57 frames elided...` or `...additional frames elided...`. Only the first gap is kept.
  private void gap(String line) {
    if (!isElision(line)) {
      return;
    }
    OptionalLong count =
        GoHeader.number(line.substring(3, line.length() - " frames elided...".length()));
    if (inAncestor || elidedAfter >= 0 || (count.isPresent() && count.getAsLong() == 0)) {
      return;
    }
    elidedAfter = frames.size();
    elided = (int) Math.min(count.orElse(-1), Integer.MAX_VALUE);
  }

  /// The line with the file, which starts with a tab; taken if it is there.
  private static @Nullable String takePlace(Lines lines) throws DumpException {
    String place = lines.peek();
    if (place == null || !isPlace(place) || place.endsWith(UNAVAILABLE)) {
      return null;
    }
    lines.next();
    return GoPlaces.withTab(place);
  }

  private static boolean isPlace(String line) {
    return GoPlaces.withTab(line).startsWith("\t");
  }

  /// A function with its arguments, or a C function, which has none but has a place below it.
  private static boolean isFunction(String line, @Nullable String next) {
    return line.endsWith(")")
        || line.startsWith("non-Go function at pc=")
        || (next != null && isPlace(next) && line.indexOf(' ') < 0)
        || (next == null && line.indexOf('(') > 0);
  }

  private static String function(String line) {
    int arguments = line.endsWith(")") ? line.lastIndexOf('(') : -1;
    if (arguments > 0) {
      return line.substring(0, arguments);
    }
    return line.startsWith("non-Go function") ? "non-Go function" : line;
  }
}
