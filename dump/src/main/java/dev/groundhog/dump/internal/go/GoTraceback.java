package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.Lines;
import dev.groundhog.dump.internal.TextFormat;
import java.util.Optional;
import java.util.OptionalLong;

/// The text of every goroutine: `debug=2`, `runtime.Stack`, a panic, SIGQUIT, of Go 1.4 to 1.27, as
/// the runtime's traceback.go writes it. Arguments and program counters are dropped; ancestors
/// (`GODEBUG=tracebackancestors`) are passed over.
public final class GoTraceback implements TextFormat {
  private static final String START = "goroutine ";

  @Override
  public boolean startsAt(Lines lines) throws DumpException {
    String line = lines.peek();
    return line != null && GoHeader.parse(line).isPresent();
  }

  @Override
  public void read(Lines lines, DumpSink sink) throws DumpException {
    sink.begin(new ProcessInfo(OptionalLong.empty(), Optional.empty(), "Go", "Go traceback"));
    GoPlaces places = new GoPlaces();
    boolean separated = true;
    boolean any = false;
    boolean creators = false;
    for (String line = lines.peek();
        line != null && !startsAnotherDump(line);
        line = lines.peek()) {
      Optional<GoHeader> header = GoHeader.parse(line);
      if (header.isEmpty()) {
        separated |= !line.startsWith("\t");
        lines.next();
        warnOfHeader(line, lines, sink);
        continue;
      }
      // Goroutines of one dump have a blank line between them; dumps in one file follow directly.
      if (any && !separated) {
        break;
      }
      lines.next();
      creators |= goroutine(header.get(), creators, places, lines, sink);
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

  private static void warnOfHeader(String line, Lines lines, DumpSink sink) throws DumpException {
    boolean isHeader = line.startsWith(START) && line.indexOf('[') > 0;
    boolean isCut =
        lines.peek() == null
            && !lines.lastLineComplete()
            && (line.startsWith(START) || START.startsWith(line));
    if (isCut) {
      sink.warning(new Warning(lines.number(), "the dump ends inside the header of a goroutine"));
    } else if (isHeader) {
      sink.warning(new Warning(lines.number(), "a goroutine whose header cannot be read"));
    }
  }

  /// Reads what follows a header; whether that names a creator.
  private static boolean goroutine(
      GoHeader header, boolean creators, GoPlaces places, Lines lines, DumpSink sink)
      throws DumpException {
    long start = lines.number();
    Goroutine goroutine = Goroutine.read(header, lines, places);
    String who = "goroutine " + header.id() + " of line " + start;
    if (goroutine.placesAlone() > 0) {
      sink.warning(
          new Warning(start, goroutine.placesAlone() + " files without a function in " + who));
    }
    boolean atEnd = lines.peek() == null;
    boolean beforePartOfALine =
        !atEnd && lines.peek(1) == null && !lines.lastLineComplete() && !goroutine.hasCreator();
    if (atEnd || beforePartOfALine) {
      boolean lastLineComplete = beforePartOfALine || lines.lastLineComplete();
      if (!goroutine.canBeWhole(lastLineComplete, creators)) {
        sink.warning(
            new Warning(lines.number(), "the dump ends inside " + who + ", which is left out"));
        return false;
      }
      if (!lines.lastLineComplete()) {
        sink.warning(
            new Warning(lines.number(), "the dump may end inside " + who + ", which is kept"));
      }
    }
    sink.thread(goroutine.thread());
    return goroutine.hasCreator();
  }
}
