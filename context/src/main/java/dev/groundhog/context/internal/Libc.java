package dev.groundhog.context.internal;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The functions of the C library that are needed. Each gives what the function gives, or the
/// negated error number. To be used only where [NativeAccess#missing] is empty, which is why the
/// JVM prints no warning.
final class Libc {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERROR_NUMBER = STATE.varHandle(PathElement.groupElement("errno"));

  private static final MethodHandle EPOLL_CREATE1 =
      function("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final FunctionDescriptor EPOLL_CTL_TYPE =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle EPOLL_CTL = function("epoll_ctl", EPOLL_CTL_TYPE);
  private static final MethodHandle EPOLL_CTL_UNCHECKED =
      plainFunction("epoll_ctl", EPOLL_CTL_TYPE);
  private static final MethodHandle EPOLL_WAIT =
      function(
          "epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle GETPEERNAME =
      function("getpeername", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle GETSOCKNAME =
      function("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

  private static final MethodHandle GETSOCKOPT =
      function(
          "getsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));

  private Libc() {}

  static int epollCreate(int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return orError((int) EPOLL_CREATE1.invokeExact(state, flags), state);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static int epollControl(
      MemorySegment state, int epoll, int operation, int descriptor, MemorySegment event) {
    try {
      return orError(
          (int) EPOLL_CTL.invokeExact(state, epoll, operation, descriptor, event), state);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /// Without an event, and without the error's number: -1 stands for any.
  static int epollControl(int epoll, int operation, int descriptor) {
    try {
      return (int)
          EPOLL_CTL_UNCHECKED.invokeExact(epoll, operation, descriptor, MemorySegment.NULL);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static int epollWait(
      MemorySegment state, int epoll, MemorySegment events, int max, int timeoutMillis) {
    try {
      return orError((int) EPOLL_WAIT.invokeExact(state, epoll, events, max, timeoutMillis), state);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static MemorySegment state(Arena arena) {
    return arena.allocate(STATE);
  }

  static int peerName(
      MemorySegment state, int descriptor, MemorySegment address, MemorySegment length) {
    try {
      return orError((int) GETPEERNAME.invokeExact(state, descriptor, address, length), state);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static int ownName(
      MemorySegment state, int descriptor, MemorySegment address, MemorySegment length) {
    try {
      return orError((int) GETSOCKNAME.invokeExact(state, descriptor, address, length), state);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static int socketOption(
      MemorySegment state,
      int descriptor,
      int level,
      int name,
      MemorySegment value,
      MemorySegment length) {
    try {
      return orError(
          (int) GETSOCKOPT.invokeExact(state, descriptor, level, name, value, length), state);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static int orError(int result, MemorySegment state) {
    return result >= 0 ? result : -(int) ERROR_NUMBER.get(state, 0L);
  }

  /// Its first argument is the memory for the error's number.
  private static MethodHandle function(String name, FunctionDescriptor type) {
    return plainFunction(name, type, ERRNO);
  }

  @SuppressWarnings("restricted") // only where native access is enabled
  private static MethodHandle plainFunction(
      String name, FunctionDescriptor type, Linker.Option... options) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().find(name).orElseThrow(() -> new IllegalStateException(name)),
        type,
        options);
  }
}
