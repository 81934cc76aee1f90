package dev.groundhog.pouch.internal.io;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/// Files by their folder's descriptor and their name, which is how nobody can put a symbolic link
/// into the way; names as bytes, each a character, whatever the locale; and what the JDK has not:
/// device nodes, owners of links, attributes. Paths of the JDK can do none of it.
///
/// Needs `--enable-native-access=dev.groundhog.pouch`. For one thread, which may be blocked in a
/// call: for what writes or forces to the disk not a virtual one. Descriptors are closed by who
/// opened them.
public final class Posix implements AutoCloseable {
  public static final int NO_ENTRY = 2;
  public static final int EXISTS = 17;
  public static final int NOT_FOLDER = 20;
  public static final int LOOP = 40;

  /// In place of nanoseconds: the time stays as it is.
  public static final int UNCHANGED_TIME = (1 << 30) - 2; // UTIME_OMIT

  private static final int NAME_BYTES = 4096;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int TIMES_BYTES = 32;
  private static final int SECONDS = 0;
  private static final int MODIFIED = 16;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int FIFO = 0010000;
  private static final int NO_FOLLOW = 0x100; // AT_SYMLINK_NOFOLLOW

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment state = arena.allocate(Libc.STATE);
  private final MemorySegment first = arena.allocate(NAME_BYTES);
  private final MemorySegment second = arena.allocate(NAME_BYTES);
  private final MemorySegment times = arena.allocate(TIMES_BYTES, Long.BYTES);
  private final MemorySegment buffer = arena.allocate(BUFFER_BYTES);

  private Posix() {}

  /// @throws IOException if this JVM may not call the C library
  public static Posix open() throws IOException {
    // Asked before [Libc] is initialised, which counts as a use.
    if (!Posix.class.getModule().isNativeAccessEnabled()) {
      throw new IOException(
          "files of images and containers need --enable-native-access=dev.groundhog.pouch (or ALL-UNNAMED on a class path)");
    }
    return new Posix();
  }

  public static final class PosixException extends IOException {
    private static final long serialVersionUID = 1;
    private final int number;

    PosixException(String what, int number, String reason) {
      super(what + ": " + reason);
      this.number = number;
    }

    /// The error's number, `errno`.
    public int number() {
      return number;
    }
  }

  public boolean isRoot() {
    try {
      return (int) Libc.GETEUID.invokeExact() == 0;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// A folder by its path, which is one of ours.
  public int openFolder(Path path) throws IOException {
    MemorySegment name =
        arena.allocateFrom(
            path.toString(),
            Charset.forName(System.getProperty("sun.jnu.encoding", StandardCharsets.UTF_8.name())));
    return open(Libc.CURRENT_FOLDER, name, Libc.FOLDER_FLAGS, 0, path.toString());
  }

  /// A folder in another, never by a symbolic link.
  public int openFolder(int folder, String name) throws IOException {
    return open(folder, put(first, name), Libc.FOLDER_FLAGS, 0, name);
  }

  /// Whatever has a name, never what a symbolic link leads to: to look at it, or to go on from a
  /// folder. It opens no device and waits for nobody.
  public int look(int folder, String name) throws IOException {
    return open(folder, put(first, name), Libc.LOOK_FLAGS, 0, name);
  }

  /// By which the JDK reads what a descriptor stands for, though it were renamed: a regular file
  /// that was looked at, or the attributes of anything.
  public static Path path(int descriptor) {
    return Path.of("/proc/self/fd", Integer.toString(descriptor));
  }

  /// Where a symbolic link leads that was looked at.
  public String target(int link) throws IOException {
    try {
      long length =
          checked(
              (long)
                  Libc.READLINKAT.invokeExact(
                      state, link, put(first, ""), second, (long) NAME_BYTES),
              "a link");
      byte[] bytes = new byte[(int) length];
      MemorySegment.copy(second, JAVA_BYTE, 0, bytes, 0, bytes.length);
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// An extended attribute of what was looked at, other than a symbolic link.
  ///
  /// @return empty if it has none of that name, or one longer than that
  public Optional<byte[]> attribute(int descriptor, String name, int mostBytes) throws IOException {
    try {
      MemorySegment path = put(second, path(descriptor).toString());
      long length =
          (long) Libc.GETXATTR.invokeExact(state, path, put(first, name), buffer, (long) mostBytes);
      if (length < 0) {
        return Optional.empty();
      }
      byte[] bytes = new byte[(int) length];
      MemorySegment.copy(buffer, JAVA_BYTE, 0, bytes, 0, bytes.length);
      return Optional.of(bytes);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// A new file, to write to.
  public int create(int folder, String name) throws IOException {
    return open(folder, put(first, name), Libc.CREATE_FLAGS, 0600, name);
  }

  private int open(int folder, MemorySegment path, int flags, int mode, String what)
      throws IOException {
    try {
      return checked((int) Libc.OPENAT.invokeExact(state, folder, path, flags, mode), what);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  public void close(int descriptor) {
    try {
      int _ = (int) Libc.CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  public void makeFolder(int folder, String name) throws IOException {
    try {
      checked((int) Libc.MKDIRAT.invokeExact(state, folder, put(first, name), 0700), name);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// What overlayfs takes for "was deleted": a character device 0/0.
  public void makeWhiteout(int folder, String name) throws IOException {
    makeNode(folder, name, CHARACTER_DEVICE);
  }

  public void makeFifo(int folder, String name) throws IOException {
    makeNode(folder, name, FIFO | 0600);
  }

  private void makeNode(int folder, String name, int mode) throws IOException {
    try {
      checked((int) Libc.MKNODAT.invokeExact(state, folder, put(first, name), mode, 0L), name);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  public void makeSymbolicLink(int folder, String name, String target) throws IOException {
    try {
      checked(
          (int) Libc.SYMLINKAT.invokeExact(state, put(second, target), folder, put(first, name)),
          name);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Of a symbolic link it links the link.
  public void makeHardLink(int fromFolder, String from, int folder, String name)
      throws IOException {
    try {
      checked(
          (int)
              Libc.LINKAT.invokeExact(
                  state, fromFolder, put(second, from), folder, put(first, name), 0),
          name);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  public void delete(int folder, String name) throws IOException {
    try {
      checked((int) Libc.UNLINKAT.invokeExact(state, folder, put(first, name), 0), name);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  public void write(int descriptor, byte[] bytes, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = Math.min(BUFFER_BYTES, length - done);
      MemorySegment.copy(bytes, done, buffer, JAVA_BYTE, 0, count);
      try {
        done +=
            (int)
                checked(
                    (long) Libc.WRITE.invokeExact(state, descriptor, buffer, (long) count),
                    "write");
      } catch (Throwable e) {
        throw rethrown(e);
      }
    }
  }

  public void changeOwner(int descriptor, int user, int group) throws IOException {
    try {
      checked((int) Libc.FCHOWN.invokeExact(state, descriptor, user, group), "owner");
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Of a symbolic link, its own.
  public void changeOwner(int folder, String name, int user, int group) throws IOException {
    try {
      checked(
          (int) Libc.FCHOWNAT.invokeExact(state, folder, put(first, name), user, group, NO_FOLLOW),
          name);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  public void changeMode(int descriptor, int mode) throws IOException {
    try {
      checked((int) Libc.FCHMOD.invokeExact(state, descriptor, mode), "mode");
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Follows a symbolic link: not for one.
  public void changeMode(int folder, String name, int mode) throws IOException {
    try {
      checked((int) Libc.FCHMODAT.invokeExact(state, folder, put(first, name), mode, 0), name);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  public void changeTime(int descriptor, long seconds, int nanos) throws IOException {
    putTimes(seconds, nanos);
    try {
      checked((int) Libc.FUTIMENS.invokeExact(state, descriptor, times), "time");
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Of a symbolic link, its own.
  public void changeTime(int folder, String name, long seconds, int nanos) throws IOException {
    putTimes(seconds, nanos);
    try {
      checked(
          (int) Libc.UTIMENSAT.invokeExact(state, folder, put(first, name), times, NO_FOLLOW),
          name);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private void putTimes(long seconds, int nanos) {
    for (int time : new int[] {SECONDS, MODIFIED}) {
      times.set(JAVA_LONG, time, seconds);
      times.set(JAVA_LONG, time + Long.BYTES, nanos);
    }
  }

  public void setAttribute(int descriptor, String name, byte[] value) throws IOException {
    try (Arena own = Arena.ofConfined()) {
      MemorySegment bytes = own.allocate(Math.max(1, value.length));
      MemorySegment.copy(value, 0, bytes, JAVA_BYTE, 0, value.length);
      checked(
          (int)
              Libc.FSETXATTR.invokeExact(
                  state, descriptor, put(first, name), bytes, (long) value.length, 0),
          name);
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  /// Forces all that was written to this file system to its disk.
  public void sync(int descriptor) throws IOException {
    try {
      checked((int) Libc.SYNCFS.invokeExact(state, descriptor), "sync");
    } catch (Throwable e) {
      throw rethrown(e);
    }
  }

  private static MemorySegment put(MemorySegment into, String name) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    if (bytes.length >= NAME_BYTES) {
      throw new IOException("a name is longer than " + (NAME_BYTES - 1) + " bytes");
    }
    MemorySegment.copy(bytes, 0, into, JAVA_BYTE, 0, bytes.length);
    into.set(JAVA_BYTE, bytes.length, (byte) 0);
    return into;
  }

  private int checked(int result, String what) throws IOException {
    return (int) checked((long) result, what);
  }

  private long checked(long result, String what) throws IOException {
    if (result < 0) {
      int number = (int) Libc.ERRNO.get(state, 0L);
      throw new PosixException(ByteNames.shown(what), number, Libc.reason(number));
    }
    return result;
  }

  private static IOException rethrown(Throwable e) {
    return switch (e) {
      case IOException io -> io;
      case Error error -> throw error;
      default -> throw new AssertionError(e);
    };
  }

  @Override
  public void close() {
    arena.close();
  }
}
