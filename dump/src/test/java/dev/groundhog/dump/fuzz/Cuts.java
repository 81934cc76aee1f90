package dev.groundhog.dump.fuzz;

import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.fuzz.Oracle.Outcome;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;

/// A valid dump that can be cut: every thread that is complete before the cut must be read, and be
/// the same as in the whole dump. Only the owner of a lock may be unknown, since it may stand
/// behind the cut.
final class Cuts {
  private final Anatomy anatomy;
  private final byte[] whole;
  private final List<DumpThread> threads;

  Cuts(Anatomy anatomy) {
    this.anatomy = anatomy;
    this.whole = anatomy.text().getBytes(StandardCharsets.UTF_8);
    Outcome outcome = Oracle.read(DumpReader::read, whole);
    if (!outcome.failure().isEmpty()) {
      throw new AssertionError("the whole dump cannot be read: " + outcome.failure());
    }
    this.threads = withoutOwners(outcome.threads());
    if (threads.size() < anatomy.complete(whole.length)) {
      throw new AssertionError("the whole dump has lost threads: " + threads.size());
    }
  }

  int length() {
    return whole.length;
  }

  byte[] gzip() {
    return Oracle.gzip(whole);
  }

  void keepsWhatIsComplete(int length) {
    byte[] prefix = Arrays.copyOf(whole, length);
    check(Oracle.read(DumpReader::read, prefix), length);
  }

  /// The same for `packed`, which is [#gzip].
  void packedKeepsWhatIsComplete(byte[] packed, int length) {
    byte[] prefix = Arrays.copyOf(packed, length);
    int unpacked = unpackedLength(prefix);
    check(Oracle.readPacked(prefix, unpacked), unpacked);
  }

  private void check(Outcome outcome, int length) {
    int complete = anatomy.complete(length);
    List<DumpThread> read = withoutOwners(outcome.threads());
    String where = "cut after " + length + " bytes";
    if (!outcome.failure().isEmpty() && complete > 0) {
      throw new AssertionError(where + ": " + outcome.failure());
    }
    if (read.size() < complete) {
      throw new AssertionError(where + " " + read.size() + " of " + complete + " threads are read");
    }
    for (int i = 0; i < complete; i++) {
      if (!read.get(i).equals(threads.get(i))) {
        throw new AssertionError(where + " row " + i + ":\n" + read.get(i) + "\n" + threads.get(i));
      }
    }
  }

  private static int unpackedLength(byte[] packed) {
    ByteArrayOutputStream unpacked = new ByteArrayOutputStream();
    byte[] part = new byte[512];
    try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      for (int read = gzip.read(part); read >= 0; read = gzip.read(part)) {
        unpacked.write(part, 0, read);
      }
    } catch (EOFException e) {
      // What came before the cut is there.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return unpacked.size();
  }

  private static List<DumpThread> withoutOwners(List<DumpThread> threads) {
    return threads.stream().map(Cuts::withoutOwner).toList();
  }

  private static DumpThread withoutOwner(DumpThread t) {
    return new DumpThread(
        t.id(),
        t.count(),
        t.name(),
        t.kind(),
        t.state(),
        t.waitKind(),
        t.waitReason(),
        t.waiting(),
        t.birth(),
        t.age(),
        t.clientGone(),
        t.blockedOn(),
        OptionalLong.empty(),
        t.holds(),
        t.labels(),
        t.threadClass(),
        t.threadGroup(),
        t.group(),
        t.lockedToThread(),
        t.leaked(),
        t.stranded(),
        t.stack(),
        t.createdBy(),
        t.creatorId());
  }
}
