package dev.groundhog.target.internal;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A named pipe in the target's own `/tmp`, for a target that cannot open our descriptors: of
/// another user, or in a container. It takes no blocks of the disk and is unlinked when closed.
///
/// The folder is ours and closed to others until the pipe in it is open at both ends; only then it
/// is given to the target's user. Names are random, so nobody can have put a link there.
final class Fifo implements Conduit {
  private static final int MKFIFO_SECONDS = 5;

  private final TargetFolder folder;
  private final FileChannel bothEnds;
  private final FileChannel readingEnd;

  private Fifo(TargetFolder folder, FileChannel bothEnds, FileChannel readingEnd) {
    this.folder = folder;
    this.bothEnds = bothEnds;
    this.readingEnd = readingEnd;
  }

  static Fifo open(long pid, ProcFs.Status target) throws IOException {
    TargetFolder folder = TargetFolder.make(pid, target, "pipe");
    Path file = folder.file();
    try {
      mkfifo(file);
      // Read-write first: on Linux that never waits for a peer, and then neither does the other.
      FileChannel bothEnds = FileChannel.open(file, READ, WRITE, NOFOLLOW_LINKS);
      try {
        FileChannel readingEnd = FileChannel.open(file, READ, NOFOLLOW_LINKS);
        folder.give();
        return new Fifo(folder, bothEnds, readingEnd);
      } catch (IOException e) {
        bothEnds.close();
        throw e;
      }
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  /// Java makes no named pipes; coreutils and busybox both have the command.
  private static void mkfifo(Path file) throws IOException {
    Process process =
        new ProcessBuilder("mkfifo", "-m", "600", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(MKFIFO_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("mkfifo failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroyForcibly();
    }
  }

  @Override
  public String pathForTarget() {
    return folder.pathForTarget();
  }

  @Override
  public InputStream source() {
    return new FilterInputStream(Channels.newInputStream(readingEnd)) {
      // A channel of a file would seek for this, and a pipe cannot.
      @Override
      public int available() {
        return 0;
      }
    };
  }

  @Override
  public void closeWritingEnd() {
    Watchdog.closeQuietly(bothEnds);
  }

  @Override
  public void close() throws IOException {
    closeWritingEnd();
    readingEnd.close();
    folder.close();
  }
}
