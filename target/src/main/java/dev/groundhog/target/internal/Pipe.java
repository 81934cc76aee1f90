package dev.groundhog.target.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;

/// An anonymous pipe that another process of the same user can write into by its path under
/// `/proc`. It has no name on any disk and is gone when we are: a writer then gets an error and
/// never waits for us.
final class Pipe implements AutoCloseable {
  private static final int O_CLOEXEC = 02000000;

  private static final MethodHandle PIPE2 =
      handle(
          "pipe2",
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

  private final FileChannel readEnd;
  private final int writeEnd;
  private final AtomicBoolean writeEndClosed = new AtomicBoolean();

  private Pipe(FileChannel readEnd, int writeEnd) {
    this.readEnd = readEnd;
    this.writeEnd = writeEnd;
  }

  static Pipe open() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
      if ((int) PIPE2.invokeExact(ends, O_CLOEXEC) != 0) {
        throw new IOException("the system gives no pipe: too many open files?");
      }
      int read = ends.getAtIndex(ValueLayout.JAVA_INT, 0);
      int write = ends.getAtIndex(ValueLayout.JAVA_INT, 1);
      try {
        // Opened anew as a channel, since closing a channel wakes whoever reads from it.
        return new Pipe(
            FileChannel.open(Path.of("/proc/self/fd/" + read), StandardOpenOption.READ), write);
      } catch (IOException e) {
        close(write);
        throw e;
      } finally {
        close(read);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IOException("the system's pipe2 could not be called", e);
    }
  }

  /// Where another process opens the end to write into.
  String path() {
    return "/proc/" + ProcessHandle.current().pid() + "/fd/" + writeEnd;
  }

  FileChannel readEnd() {
    return readEnd;
  }

  /// The end of the input comes once every other writer has closed its end too.
  void closeWriteEnd() {
    if (writeEndClosed.compareAndSet(false, true)) {
      close(writeEnd);
    }
  }

  @Override
  public void close() throws IOException {
    closeWriteEnd();
    readEnd.close();
  }

  private static void close(int descriptor) {
    try {
      int _ = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw new IllegalStateException("the system's close could not be called", e);
    }
  }

  @SuppressWarnings("restricted") // the JDK has no other way to an anonymous pipe with a number
  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
  }
}
