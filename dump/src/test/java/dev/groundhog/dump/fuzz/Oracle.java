package dev.groundhog.dump.fuzz;

import com.sun.management.ThreadMXBean;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.Warning;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;

/// What must hold of every reader and every input. A violation is an [AssertionError]; anything
/// else that a reader throws and may not throw comes out as it is.
final class Oracle {
  /// What a reading may allocate whatever its input: buffers and caches. Jazzer's hooks of regular
  /// expressions and of comparing text add megabytes of their own, so it sets another value.
  private static final long FIXED_BYTES = Long.getLong("fuzz.fixedBytes", 8 << 20);

  /// What it may allocate for each byte of the input, unpacked.
  private static final long BYTES_PER_BYTE = 1_000;

  private static final int ROUNDS = 4;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Oracle() {}

  /// Any reader.
  interface Reader {
    void read(InputStream input, DumpSink sink) throws DumpException;
  }

  /// What was read.
  ///
  /// @param failure the code and message of the exception, empty if there was none
  record Outcome(List<Contents> dumps, String failure) {
    List<DumpThread> threads() {
      return dumps.stream().flatMap(dump -> dump.threads.stream()).toList();
    }
  }

  /// A dump, comparable.
  record Contents(ProcessInfo process, List<DumpThread> threads, List<Warning> warnings) {}

  /// Reads what `input` gives, checks everything that holds of one reading, and gives what was
  /// read. Where it seems to allocate too much it is read again: the first readings of a JVM load
  /// classes too.
  ///
  /// @param unpacked how many bytes the input has, unpacked
  static Outcome read(Reader reader, Supplier<InputStream> input, long unpacked) {
    long most = FIXED_BYTES + BYTES_PER_BYTE * unpacked;
    long allocated = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      Outcome outcome = read(reader, input.get());
      allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (allocated <= most) {
        return outcome;
      }
    }
    throw new AssertionError(allocated + " bytes were allocated for " + unpacked);
  }

  static Outcome read(Reader reader, byte[] input) {
    return read(reader, () -> new ByteArrayInputStream(input), input.length);
  }

  /// @param unpacked how many bytes `packed` has, unpacked
  static Outcome readPacked(byte[] packed, long unpacked) {
    return read(DumpReader::read, () -> new Trickle(packed), unpacked);
  }

  private static Outcome read(Reader reader, InputStream input) {
    Collecting sink = new Collecting();
    String failure = "";
    try {
      reader.read(input, sink);
      if (sink.open || sink.begun == 0) {
        throw new AssertionError("a dump was begun " + sink.begun + " times and not ended");
      }
    } catch (DumpException e) {
      if (e.getCause() instanceof RuntimeException || e.getCause() instanceof Error) {
        throw new AssertionError("an exception that hides another", e);
      }
      failure = e.code() + ": " + e.getMessage();
    }
    List<Contents> dumps = new ArrayList<>();
    for (Dump dump : sink.collector.dumps()) {
      List<DumpThread> threads = new ArrayList<>();
      dump.forEach(threads::add);
      dumps.add(new Contents(dump.process(), threads, dump.warnings()));
    }
    return new Outcome(dumps, failure);
  }

  /// Every property of one input. The dearer ones take turns, decided by the input itself, so that
  /// a finding stays one.
  static void holds(Reader reader, byte[] input, boolean lines) {
    Outcome outcome = read(reader, input);
    int turn = Arrays.hashCode(input) & 3;
    if (turn == 0) {
      same(outcome, read(reader, () -> new Trickle(input), input.length), "read in small pieces");
    }
    if (turn == 1 && lines && isPlain(input)) {
      Outcome windows = read(reader, windowsLines(input));
      same(anywhere(outcome), anywhere(windows), "read with Windows ends of line");
    }
  }

  /// The same without the bytes at which JSON is broken, which more of them move.
  private static Outcome anywhere(Outcome outcome) {
    List<Contents> dumps =
        outcome.dumps.stream()
            .map(dump ->
                new Contents(
                    dump.process,
                    dump.threads,
                    dump.warnings.stream()
                        .map(warning -> new Warning(warning.line(), anywhere(warning.text())))
                        .toList()))
            .toList();
    return new Outcome(dumps, anywhere(outcome.failure));
  }

  private static String anywhere(String text) {
    return text.replaceAll("at byte \\d+", "at byte N");
  }

  static void same(Outcome one, Outcome other, String what) {
    if (!one.equals(other)) {
      throw new AssertionError("not the same " + what + ":\n" + one + "\n" + other);
    }
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /// Whether each line break in it can be made a Windows one without another meaning.
  private static boolean isPlain(byte[] input) {
    for (byte b : input) {
      if (b == '\r') {
        return false;
      }
    }
    return true;
  }

  private static byte[] windowsLines(byte[] input) {
    ByteArrayOutputStream lines = new ByteArrayOutputStream(input.length * 2);
    for (byte b : input) {
      if (b == '\n') {
        lines.write('\r');
      }
      lines.write(b);
    }
    return lines.toByteArray();
  }

  /// Gives few bytes at a time and never knows of more, as a slow connection does.
  private static final class Trickle extends FilterInputStream {
    private int next = 1;

    Trickle(byte[] bytes) {
      super(new ByteArrayInputStream(bytes));
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      next = next % 7 + 1;
      return super.read(into, offset, Math.min(next, length));
    }

    @Override
    public int available() {
      return 0;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }

  /// Insists on the order of calls that [DumpSink] promises.
  private static final class Collecting implements DumpSink {
    private final Dump.Collector collector = new Dump.Collector();
    private boolean open;
    private int begun;

    @Override
    public void begin(ProcessInfo process) {
      if (open) {
        throw new AssertionError("begun twice");
      }
      open = true;
      begun++;
      collector.begin(process);
    }

    @Override
    public void thread(DumpThread thread) {
      inside();
      collector.thread(thread);
    }

    @Override
    public void warning(Warning warning) {
      inside();
      if (warning.line() < 0 || warning.text().isEmpty()) {
        throw new AssertionError("a warning that says nothing: " + warning);
      }
      collector.warning(warning);
    }

    @Override
    public void end() {
      inside();
      open = false;
      collector.end();
    }

    private void inside() {
      if (!open) {
        throw new AssertionError("called outside of a dump");
      }
    }
  }
}
