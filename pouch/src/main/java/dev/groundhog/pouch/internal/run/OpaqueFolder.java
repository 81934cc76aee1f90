package dev.groundhog.pouch.internal.run;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// Whether a folder of a layer hides those below it, which overlayfs keeps as an extended attribute
/// that the JDK can't read. Where this module may not call foreign functions
/// (`--enable-native-access=dev.groundhog.pouch`), no folder does.
final class OpaqueFolder {
  private static final String ATTRIBUTE = "trusted.overlay.opaque";
  private static final int VALUE_BYTES = 8;

  private OpaqueFolder() {}

  static boolean is(Path folder) {
    return OpaqueFolder.class.getModule().isNativeAccessEnabled() && Libc.isOpaque(folder);
  }

  private static final class Libc {
    @SuppressWarnings("restricted") // it is said when native access is asked for
    private static final MethodHandle LGETXATTR =
        Linker.nativeLinker()
            .downcallHandle(
                Linker.nativeLinker().defaultLookup().findOrThrow("lgetxattr"),
                FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));

    static boolean isOpaque(Path folder) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment value = arena.allocate(VALUE_BYTES);
        long length =
            (long)
                LGETXATTR.invokeExact(
                    arena.allocateFrom(folder.toString()),
                    arena.allocateFrom(ATTRIBUTE),
                    value,
                    (long) VALUE_BYTES);
        return length == 1 && value.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0) == 'y';
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
