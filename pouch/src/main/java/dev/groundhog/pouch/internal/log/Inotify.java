package dev.groundhog.pouch.internal.log;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.groundhog.pouch.internal.io.Native;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// [Changes] by inotify(7) itself: the thread that the kernel wakes is the one that does the work.
final class Inotify implements Changes {
  private static final System.Logger LOG = System.getLogger(Inotify.class.getName());

  private static final int MODIFY = 0x2;
  private static final int MOVED_TO = 0x80;
  private static final int CREATE = 0x100;
  private static final int DELETE_SELF = 0x400;
  private static final int OVERFLOW = 0x4000;
  private static final int IGNORED = 0x8000;
  private static final int ONLY_FOLDERS = 0x0100_0000;

  // struct inotify_event
  private static final int WATCH_AT = 0;
  private static final int MASK_AT = 4;
  private static final int LENGTH_AT = 12;
  private static final int NAME_AT = 16;

  /// An event with the longest name has 272 bytes.
  private static final int BUFFER_BYTES = 16 << 10;

  private static final int INTERRUPTED = 4; // EINTR
  private static final int NO_WATCH = 22; // EINVAL

  private final ConcurrentHashMap<Integer, Runnable> told = new ConcurrentHashMap<>();
  private final int descriptor;

  /// Of a folder in which nothing is of interest. That it is removed wakes the thread: by its last
  /// event, or by those for which there was no room for that.
  private final int wakeUp;

  private final Thread thread;

  /// Its number may be another file's then.
  private boolean isDescriptorClosed;

  private volatile boolean isClosed;

  Inotify() throws IOException {
    descriptor = Libc.open();
    try {
      wakeUp = Libc.watch(descriptor, Path.of("/"), DELETE_SELF);
    } catch (IOException e) {
      Libc.close(descriptor);
      throw e;
    }
    thread = Thread.ofPlatform().daemon().name(THREAD_NAME).start(this::loop);
  }

  /// Asked before [Libc] is initialised, which counts as a use.
  static boolean isPossible() {
    return HolePunch.isPossible();
  }

  @Override
  public synchronized Watching watch(Path folder, Runnable changed) throws IOException {
    if (isClosed) {
      throw new IOException("it is closed");
    }
    int watch = Libc.watch(descriptor, folder, MODIFY | MOVED_TO | CREATE | ONLY_FOLDERS);
    told.put(watch, changed);
    return () -> forget(watch, changed);
  }

  private synchronized void forget(int watch, Runnable changed) {
    if (told.remove(watch, changed) && !isDescriptorClosed) {
      Libc.unwatch(descriptor, watch);
    }
  }

  private void loop() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(Libc.STATE);
      MemorySegment events = arena.allocate(BUFFER_BYTES, JAVA_INT.byteAlignment());
      while (!isClosed) {
        int bytes = Libc.read(state, descriptor, events);
        if (bytes >= 0) {
          changed(events.asSlice(0, bytes)).forEach(Inotify::run);
        } else if (bytes != -INTERRUPTED) {
          throw new IllegalStateException("inotify(7) can't be read: errno " + -bytes);
        }
      }
    } finally {
      synchronized (this) {
        isDescriptorClosed = true;
        Libc.close(descriptor);
      }
    }
  }

  /// Each once, whatever happened how many times.
  private Set<Runnable> changed(MemorySegment events) {
    Set<Runnable> changed = new LinkedHashSet<>();
    long at = 0;
    while (at < events.byteSize()) {
      int watch = events.get(JAVA_INT, at + WATCH_AT);
      int mask = events.get(JAVA_INT, at + MASK_AT);
      int length = events.get(JAVA_INT, at + LENGTH_AT);
      Runnable one = told.get(watch);
      if ((mask & OVERFLOW) != 0) {
        changed.addAll(told.values());
      } else if ((mask & IGNORED) != 0) {
        told.remove(watch); // the folder was removed
      } else if (one != null && length > 0 && RAW_NAMES.contains(events.getString(at + NAME_AT))) {
        changed.add(one);
      }
      at += NAME_AT + length;
    }
    return changed;
  }

  private static void run(Runnable changed) {
    try {
      changed.run();
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "a change was not taken up; others go on", e);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (!isClosed) {
        isClosed = true;
        Libc.unwatch(descriptor, wakeUp);
      }
    }
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static final class Libc {
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERROR_NUMBER =
        STATE.varHandle(PathElement.groupElement("errno"));

    private static final MethodHandle INOTIFY_INIT1 =
        function("inotify_init1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle INOTIFY_ADD_WATCH =
        function("inotify_add_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle INOTIFY_RM_WATCH =
        function("inotify_rm_watch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle READ =
        function("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle CLOSE =
        function("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    /// Its first argument is the memory for the error's number.
    private static MethodHandle function(String name, FunctionDescriptor type) {
      return Native.function(name, type, ERRNO);
    }

    static int open() throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(STATE);
        int descriptor = (int) INOTIFY_INIT1.invokeExact(state, CLOSE_ON_EXEC);
        return checked(descriptor, "inotify_init1", state);
      } catch (Throwable e) {
        throw rethrown(e);
      }
    }

    static int watch(int descriptor, Path folder, int mask) throws IOException {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(STATE);
        MemorySegment name = arena.allocateFrom(folder.toString());
        int watch = (int) INOTIFY_ADD_WATCH.invokeExact(state, descriptor, name, mask);
        return checked(watch, "inotify_add_watch", state);
      } catch (Throwable e) {
        throw rethrown(e);
      }
    }

    /// Nothing happens where the folder is gone.
    static void unwatch(int descriptor, int watch) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = arena.allocate(STATE);
        int result = (int) INOTIFY_RM_WATCH.invokeExact(state, descriptor, watch);
        if (result < 0 && errno(state) != NO_WATCH) {
          throw new IllegalStateException("inotify_rm_watch: errno " + errno(state));
        }
      } catch (Throwable e) {
        throw unchecked(e);
      }
    }

    /// @return how many bytes, or the negated error's number
    static int read(MemorySegment state, int descriptor, MemorySegment into) {
      try {
        long bytes = (long) READ.invokeExact(state, descriptor, into, into.byteSize());
        return bytes >= 0 ? (int) bytes : -errno(state);
      } catch (Throwable e) {
        throw unchecked(e);
      }
    }

    static void close(int descriptor) {
      try (Arena arena = Arena.ofConfined()) {
        int _ = (int) CLOSE.invokeExact(arena.allocate(STATE), descriptor);
      } catch (Throwable e) {
        throw unchecked(e);
      }
    }

    private static int errno(MemorySegment state) {
      return (int) ERROR_NUMBER.get(state, 0L);
    }

    private static int checked(int result, String function, MemorySegment state)
        throws IOException {
      if (result < 0) {
        throw new IOException(function + ": errno " + errno(state));
      }
      return result;
    }

    private static IOException rethrown(Throwable e) {
      return e instanceof IOException io ? io : new IOException(unchecked(e));
    }

    private static RuntimeException unchecked(Throwable e) {
      return switch (e) {
        case RuntimeException runtime -> runtime;
        case Error error -> throw error;
        default -> throw new AssertionError(e);
      };
    }
  }
}
