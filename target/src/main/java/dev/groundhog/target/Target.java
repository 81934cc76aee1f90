package dev.groundhog.target;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.KnownFunctions;
import dev.groundhog.leak.LeakReport;
import dev.groundhog.leak.Looks;
import dev.groundhog.target.internal.FileSource;
import dev.groundhog.target.internal.HttpSource;
import dev.groundhog.target.internal.JvmSource;
import dev.groundhog.target.internal.ProcFs;
import dev.groundhog.target.internal.Source;
import dev.groundhog.target.internal.StandardInput;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// Something whose threads can be read. Safe to share; each call of [#dumps] takes a new look, of
/// at most 60 seconds.
///
/// A PID is read through Groundhog's agent where one listens, else by the attach mechanism, with
/// nothing loaded into it.
///
/// Limits: a PID is read on Linux only, and only of a HotSpot JVM; a Go process is read by the
/// address of its `net/http/pprof`. Of a JVM before JDK 19 only platform threads can be read.
public final class Target {
  private static final Pattern PID = Pattern.compile("0*[1-9]\\d{0,9}");
  private static final Pattern HOST_PORT =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[\\w.-]*):\\d{1,5}");

  private final Source source;

  private Target(Source source) {
    this.source = source;
  }

  /// Understands a PID, an `http://` or `https://` URL, `host:port`, a file, or `-` for standard
  /// input. A URL without a path, and `host:port`, get `/debug/pprof/goroutine?debug=2`; `:6060` is
  /// `localhost:6060`. A file whose name is a number is written `./1234`.
  ///
  /// @throws TargetException if `spec` is none of these
  public static Target of(String spec) throws TargetException {
    if (spec.isBlank()) {
      throw new TargetException(
          TargetException.Code.USAGE, "the target is empty: give a PID, URL, host:port or file");
    }
    if (spec.equals("-")) {
      return new Target(new StandardInput());
    }
    if (PID.matcher(spec).matches()) {
      return new Target(new JvmSource(Long.parseLong(spec)));
    }
    if (spec.startsWith("http://") || spec.startsWith("https://")) {
      return new Target(HttpSource.of(spec));
    }
    Path path = path(spec);
    if (Files.exists(path)) {
      return new Target(new FileSource(path));
    }
    if (HOST_PORT.matcher(spec).matches()) {
      return new Target(
          HttpSource.of("http://" + (spec.startsWith(":") ? "localhost" : "") + spec));
    }
    throw new TargetException(
        TargetException.Code.USAGE, "'" + spec + "' is no PID, URL, host:port or existing file");
  }

  /// What a person calls it: the file's name, the URL, `PID 1234`.
  public String name() {
    return source.name();
  }

  /// The PID, if that is how the target is read.
  public OptionalLong pid() {
    return source.pid();
  }

  /// Whether it is a process, named by its PID, which has ended.
  public boolean hasEnded() {
    return pid().isPresent() && ProcFs.hasEnded(pid().getAsLong());
  }

  /// Whether a later look can differ from this one: not for files and standard input.
  public boolean changes() {
    return source.changes();
  }

  /// Takes one look. A file may hold several dumps, in order; there is at least one.
  ///
  /// @throws TargetException if the target cannot be read
  public List<Dump> dumps() throws TargetException {
    return taken(source::dumps);
  }

  private interface Taking {
    List<Dump> dumps() throws TargetException;
  }

  private List<Dump> taken(Taking taking) throws TargetException {
    Instant asked = Instant.now();
    List<Dump> dumps = taking.dumps();
    return changes() ? dumps.stream().map(dump -> dump.takenAt(asked)).toList() : dumps;
  }

  /// One look.
  ///
  /// @param dump of a file with several dumps the last
  /// @param dumps how many there are
  public record Look(Dump dump, int dumps) {
    /// What to tell of the others, which were not looked at.
    public Optional<String> note() {
      return dumps == 1
          ? Optional.empty()
          : Optional.of("of " + dumps + " dumps the last is looked at");
    }
  }

  /// Takes one look.
  ///
  /// @throws TargetException if the target cannot be read
  public Look look() throws TargetException {
    List<Dump> dumps = dumps();
    return new Look(dumps.getLast(), dumps.size());
  }

  /// Takes one look and adds it to `looks`.
  ///
  /// @throws TargetException if the target cannot be read
  public Look look(Looks looks) throws TargetException {
    long began = System.nanoTime();
    Look look = look();
    looks.add(look.dump(), began, System.nanoTime());
    return look;
  }

  /// As [#look(Looks)], with the threads marked that a garbage collection in the target has proven
  /// to be leaked: a JVM with Groundhog's agent can be asked for it, and a Go server since 1.27.
  /// The process stands still for the collection.
  ///
  /// What only leaked threads of a JVM reach is garbage for a moment: weak references to it are
  /// cleared, and a waiter that only such a reference could wake is leaked from then on.
  ///
  /// @param minWait of a JVM only threads that are known to have waited for so long are judged
  /// @throws TargetException if the target cannot be read, or can prove nothing
  public Look prove(Looks looks, Duration minWait) throws TargetException {
    long began = System.nanoTime();
    List<Dump> dumps = taken(() -> source.proven(minWait));
    Look look = new Look(dumps.getLast(), dumps.size());
    looks.add(look.dump(), began, System.nanoTime());
    return look;
  }

  /// The report of a look at this target, with what was found in it.
  ///
  /// @param watched from the first look to this one; empty if it is the only one
  public LeakReport report(
      Dump look, Optional<Duration> watched, List<Finding> findings, List<String> warnings) {
    return new LeakReport(name(), look.process().time(), watched, look, findings, warnings);
  }

  /// Which functions the target has, as far as it tells; `dump` is a look at it. A JVM is asked for
  /// its classes and symbols. Of a Go server on this machine, at a loopback address, the executable
  /// of the process that listens there is read, if this user may: Go 1.16 and newer, stripped or
  /// not. Of others only the functions on the stacks are known.
  public KnownFunctions knownFunctions(Dump dump) {
    return source.knownFunctions(dump);
  }

  /// Which functions the target marks as leak-prone, by `dev.groundhog.mark.LeakProne`. A running
  /// JVM tells it through Groundhog's agent or endpoint.
  ///
  /// @throws TargetException if the target does not tell, or cannot be read
  public MarkedFunctions markedFunctions() throws TargetException {
    return source.markedFunctions();
  }

  @Override
  public String toString() {
    return name();
  }

  /// The check of an integration test.
  public Check check() {
    return new Check(this, List.of(), Optional.empty(), false, false);
  }

  private static Path path(String spec) throws TargetException {
    try {
      return Path.of(spec);
    } catch (InvalidPathException e) {
      throw new TargetException(
          TargetException.Code.USAGE, "no file can be called that: " + e.getReason(), e);
    }
  }
}
