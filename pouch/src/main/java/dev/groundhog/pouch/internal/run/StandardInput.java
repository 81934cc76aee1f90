package dev.groundhog.pouch.internal.run;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// The standard input of a process, as its parent keeps it: see `parent.sh`. Thread-safe.
public final class StandardInput {
  private static final System.Logger LOG = System.getLogger(StandardInput.class.getName());
  private static final String HOLDER = "stdin.holder";

  /// Under which the holder has it open.
  private static final String DESCRIPTOR = "9";

  private static final int MOST_BYTES = 4_096;

  private final Path folder;

  // Guarded by this object's lock.
  private final Set<FileChannel> open = new HashSet<>();
  private boolean isEnded;

  /// @param folder of the process's parent
  public StandardInput(Path folder) {
    this.folder = folder;
  }

  /// Opens it for one that writes to it. Writing waits for the process to read, and is broken off
  /// by an interrupt of a platform thread, or by [#end].
  ///
  /// @return empty if there is none, or it has come to its end
  public synchronized Optional<WritableByteChannel> open() throws IOException {
    if (isEnded || holder().isEmpty()) {
      return Optional.empty();
    }
    try {
      // Also for reading: so that opening never waits for a process that has closed its input.
      FileChannel channel =
          FileChannel.open(
              folder.resolve("stdin"),
              Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
      open.add(channel);
      return Optional.of(channel);
    } catch (NoSuchFileException _) {
      return Optional.empty(); // the process has ended
    }
  }

  /// Who has opened it writes no more.
  public synchronized void close(WritableByteChannel channel) {
    if (channel instanceof FileChannel file && open.remove(file)) {
      close(file);
    }
  }

  /// Lets the process read its end, once it has read what was written, whoever else has it open.
  public synchronized void end() throws IOException {
    if (isEnded) {
      return;
    }
    isEnded = true;
    holder().ifPresent(ProcessHandle::destroy);
    Files.deleteIfExists(folder.resolve(HOLDER));
    open.forEach(StandardInput::close);
    open.clear();
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "an input can't be closed", e);
    }
  }

  /// The process that keeps it open, and no other that has its pid by now.
  private Optional<ProcessHandle> holder() throws IOException {
    try {
      String pid = read(folder.resolve(HOLDER)).trim();
      Path process = Path.of("/proc", pid);
      boolean isHolder =
          Files.isSameFile(process.resolve("fd").resolve(DESCRIPTOR), folder.resolve("stdin"));
      return isHolder ? ProcessHandle.of(Long.parseLong(pid)) : Optional.empty();
    } catch (FileNotFoundException | NoSuchFileException | AccessDeniedException _) {
      return Optional.empty(); // it is gone, and another's process may have its pid
    } catch (NumberFormatException e) {
      throw new IOException("no pid in " + folder.resolve(HOLDER), e);
    }
  }

  /// Not by a channel, which an interrupt would close: a client that leaves ends the input too.
  private static String read(Path file) throws IOException {
    try (InputStream in = new FileInputStream(file.toFile())) {
      return new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
    }
  }
}
