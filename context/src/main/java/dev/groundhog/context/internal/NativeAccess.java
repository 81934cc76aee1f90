package dev.groundhog.context.internal;

import java.lang.foreign.ValueLayout;

/// Whether foreign functions may be called here. Asked before [Libc] is initialised: that alone
/// counts as a use, at which the JVM would warn, or refuse.
final class NativeAccess {
  private NativeAccess() {}

  /// Why not, and what to do; empty if they may.
  static String missing() {
    if (!System.getProperty("os.name", "").equals("Linux")
        || ValueLayout.ADDRESS.byteSize() != Long.BYTES) {
      return "that needs a 64-bit Linux";
    }
    Module module = NativeAccess.class.getModule();
    return module.isNativeAccessEnabled()
        ? ""
        : "start java with --enable-native-access="
            + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
  }
}
