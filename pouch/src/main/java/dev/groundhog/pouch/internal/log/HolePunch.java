package dev.groundhog.pouch.internal.log;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.groundhog.pouch.internal.io.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// Gives back a file's disk space from its beginning, by fallocate(2), where this module may call
/// foreign functions (`--enable-native-access=dev.groundhog.pouch`); elsewhere does nothing.
final class HolePunch {
  private static final int BLOCK_BYTES = 4096;

  private HolePunch() {}

  static long wholeBlocks(long bytes) {
    return bytes / BLOCK_BYTES * BLOCK_BYTES;
  }

  /// Asked before [Libc] is initialised, which counts as a use.
  static boolean isPossible() {
    return System.getProperty("os.name", "").equals("Linux")
        && ADDRESS.byteSize() == Long.BYTES
        && HolePunch.class.getModule().isNativeAccessEnabled();
  }

  /// @return whether it is worth trying again
  static boolean punch(Path path, long from, long bytes) {
    return isPossible() && Libc.punch(path, from, bytes);
  }

  /// Where, from `from` on, the first byte is that isn't given back; `size` if there is none,
  /// `from` if that can't be known.
  static long dataStart(Path path, long from, long size) {
    return isPossible() && size - from >= BLOCK_BYTES
        ? Math.min(size, Libc.dataStart(path, from))
        : from;
  }

  private static final class Libc {
    private static final int WRITE_ONLY = 1;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int SEEK_DATA = 3;
    private static final int NO_DATA = -1;
    private static final int KEEP_SIZE = 1;
    private static final int PUNCH_HOLE = 2;

    private static final MethodHandle OPEN =
        Native.function(
            "open",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle FALLOCATE =
        Native.function(
            "fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle LSEEK =
        Native.function("lseek", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT));
    private static final MethodHandle CLOSE =
        Native.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    static long dataStart(Path path, long from) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment name = arena.allocateFrom(path.toString());
        int descriptor = (int) OPEN.invokeExact(name, CLOSE_ON_EXEC);
        if (descriptor < 0) {
          return from;
        }
        long start = (long) LSEEK.invokeExact(descriptor, from, SEEK_DATA);
        int _ = (int) CLOSE.invokeExact(descriptor);
        return start == NO_DATA ? Long.MAX_VALUE : start;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    static boolean punch(Path path, long from, long bytes) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment name = arena.allocateFrom(path.toString());
        int descriptor = (int) OPEN.invokeExact(name, WRITE_ONLY | CLOSE_ON_EXEC);
        if (descriptor < 0) {
          return false;
        }
        int result = (int) FALLOCATE.invokeExact(descriptor, KEEP_SIZE | PUNCH_HOLE, from, bytes);
        int _ = (int) CLOSE.invokeExact(descriptor);
        return result == 0;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }
}
