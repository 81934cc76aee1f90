package dev.groundhog.pouch.internal.io;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The functions of the C library that [Posix] calls, and its constants. To be used only where
/// native access is enabled.
final class Libc {
  private static final int MOST_REASON_BYTES = 4096;
  static final int CURRENT_FOLDER = -100; // AT_FDCWD
  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int WRITE_ONLY = 1;
  private static final int CREATE = 0x40;
  private static final int PATH = 0x200000; // O_PATH
  private static final int EXCLUSIVE = 0x80;
  private static final boolean IS_ARM = System.getProperty("os.arch", "").startsWith("aarch64");
  private static final int FOLDER = IS_ARM ? 0x4000 : 0x10000;
  private static final int NO_LINK = IS_ARM ? 0x8000 : 0x20000;
  static final int FOLDER_FLAGS = FOLDER | NO_LINK | CLOSE_ON_EXEC;

  /// For what is only to be looked at, or gone through: opening has no effect, whatever it is.
  static final int LOOK_FLAGS = PATH | NO_LINK | CLOSE_ON_EXEC;

  static final int CREATE_FLAGS = WRITE_ONLY | CREATE | EXCLUSIVE | NO_LINK | CLOSE_ON_EXEC;

  static final StructLayout STATE = Linker.Option.captureStateLayout();
  static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  static final MethodHandle GETEUID = Native.function("geteuid", FunctionDescriptor.of(JAVA_INT));
  static final MethodHandle CLOSE =
      Native.function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle STRERROR =
      Native.function("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  static final MethodHandle OPENAT =
      function(
          "openat",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          Linker.Option.firstVariadicArg(3));
  static final MethodHandle MKDIRAT =
      function("mkdirat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  static final MethodHandle MKNODAT =
      function("mknodat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG));
  static final MethodHandle SYMLINKAT =
      function("symlinkat", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
  static final MethodHandle LINKAT =
      function(
          "linkat",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT));
  static final MethodHandle UNLINKAT =
      function("unlinkat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  static final MethodHandle WRITE =
      function("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
  static final MethodHandle FCHOWN =
      function("fchown", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
  static final MethodHandle FCHOWNAT =
      function(
          "fchownat",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT));
  static final MethodHandle FCHMOD =
      function("fchmod", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  static final MethodHandle FCHMODAT =
      function("fchmodat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  static final MethodHandle FUTIMENS =
      function("futimens", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  static final MethodHandle UTIMENSAT =
      function("utimensat", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
  static final MethodHandle FSETXATTR =
      function(
          "fsetxattr",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT));
  static final MethodHandle READLINKAT =
      function(
          "readlinkat", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
  static final MethodHandle GETXATTR =
      function("getxattr", FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG));
  static final MethodHandle SYNCFS = function("syncfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private static MethodHandle function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker.Option[] all = java.util.Arrays.copyOf(options, options.length + 1);
    all[options.length] = Linker.Option.captureCallState("errno");
    return Native.function(name, type, all);
  }

  @SuppressWarnings("restricted")
  static String reason(int number) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(number);
      return text.reinterpret(MOST_REASON_BYTES).getString(0);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}
