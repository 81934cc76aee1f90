package dev.groundhog.pouch.internal.io;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// Functions of the C library. To be used only where native access is enabled.
public final class Native {
  private Native() {}

  /// @throws IllegalStateException if there is none of this name
  @SuppressWarnings("restricted") // see above
  public static MethodHandle function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker
            .defaultLookup()
            .find(name)
            .orElseThrow(() -> new IllegalStateException("the C library has no " + name)),
        type,
        options);
  }
}
