package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.Lines;
import dev.groundhog.dump.internal.TextFormat;
import dev.groundhog.dump.internal.jvm.DumpToFileText;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// The text of every goroutine: `debug=2`, `runtime.Stack`, a panic, SIGQUIT, of Go 1.4 to 1.27, as
/// the runtime's traceback.go writes it. Arguments and program counters are dropped; ancestors
/// (`GODEBUG=tracebackancestors`) are passed over.
public final class GoTraceback implements TextFormat {
  private static final String START = "goroutine ";

  /// Its repetitions are bounded, so that a hostile line costs no more than its length.
  private static final Pattern OPENING =
      Pattern.compile(
          "goroutine \\d{1,18} [^\\[\\\\]{0,99}+\\[[^\\]\\\\]{1,300}+\\][^\\\\]{0,500}:(?:\\\\n|$)");

  @Override
  public boolean startsAt(Lines lines) throws DumpException {
    String line = lines.peek();
    return line != null && GoHeader.parse(line).isPresent();
  }

  @Override
  public int openingIn(String line) {
    return TextFormat.find(OPENING, START, line);
  }

  @Override
  public boolean mayHave(String line) {
    int open = line.endsWith(")") ? line.lastIndexOf('(') : line.length();
    // No function of Go or C has a blank in its name.
    return line.lastIndexOf(' ', open) < 0
        || GoPlaces.withTab(line).startsWith("\t")
        || line.startsWith(START)
        || line.startsWith(Goroutine.CREATED_BY)
        || line.startsWith("...")
        || line.startsWith("[originating from goroutine ")
        || line.startsWith("non-Go function")
        || startsAnotherDump(line);
  }

  @Override
  public void read(Lines lines, DumpSink sink) throws DumpException {
    sink.begin(new ProcessInfo(OptionalLong.empty(), Optional.empty(), "Go", "Go traceback"));
    GoPlaces places = new GoPlaces();
    KnownGoroutines known = new KnownGoroutines();
    // Goroutines of one dump have a blank line between them; dumps in one file follow directly.
    boolean separated = true;
    // Some logs leave them out.
    boolean blanks = false;
    boolean any = false;
    boolean creators = false;
    while (true) {
      any |= separated && known.takeAll(lines, sink);
      String line = lines.peek();
      if (line == null || startsAnotherDump(line) || DumpToFileText.isPreamble(lines)) {
        break;
      }
      Optional<GoHeader> header = GoHeader.parse(line);
      if (header.isEmpty()) {
        separated |= !line.startsWith("\t");
        blanks |= line.isEmpty();
        lines.next();
        warnOfHeader(line, lines, sink);
        continue;
      }
      if (any && !separated && (blanks || !lines.inLog())) {
        break;
      }
      lines.next();
      Goroutine goroutine = Goroutine.read(header.get(), lines, places);
      creators |= give(goroutine, creators, lines, sink);
      known.learn(goroutine);
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

  /// Gives a goroutine to the sink unless the input ends inside it; whether it names a creator.
  private static boolean give(Goroutine goroutine, boolean creators, Lines lines, DumpSink sink)
      throws DumpException {
    if (goroutine.placesAlone() > 0) {
      sink.warning(
          new Warning(
              goroutine.line(),
              goroutine.placesAlone() + " files without a function in " + goroutine));
    }
    boolean atEnd = lines.peek() == null;
    boolean beforePartOfALine =
        !atEnd && lines.peek(1) == null && !lines.lastLineComplete() && !goroutine.hasCreator();
    if (atEnd || beforePartOfALine) {
      boolean lastLineComplete = beforePartOfALine || lines.lastLineComplete();
      if (!goroutine.canBeWhole(lastLineComplete, creators)) {
        sink.warning(
            new Warning(
                lines.number(), "the dump ends inside " + goroutine + ", which is left out"));
        return false;
      }
      if (!lines.lastLineComplete()) {
        sink.warning(
            new Warning(
                lines.number(), "the dump may end inside " + goroutine + ", which is kept"));
      }
    }
    sink.thread(goroutine.thread());
    return goroutine.hasCreator();
  }
}
