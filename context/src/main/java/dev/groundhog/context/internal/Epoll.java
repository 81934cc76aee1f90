package dev.groundhog.context.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The kernel's `epoll` (epoll_ctl(2), epoll_wait(2)), for a peer's leaving alone. A descriptor
/// stays registered, disarmed after its first event, until it is removed or closed.
public final class Epoll {
  /// Events, as `sys/epoll.h` has them; the first two are told whether asked for or not.
  static final int ERROR = 0x8;

  static final int HANG_UP = 0x10;
  static final int READ_HANG_UP = 0x2000;
  private static final int ONE_SHOT = 1 << 30;

  private static final int CLOSE_ON_EXEC = 0x80000;
  private static final int ADD = 1;
  private static final int DELETE = 2;
  private static final int MODIFY = 3;

  /// `EEXIST`
  static final int EXISTS = 17;

  /// `EINTR`
  static final int INTERRUPTED = 4;

  private static final int MAX_EVENTS = 512;

  /// `struct epoll_event` is packed on x86-64 only.
  private static final boolean PACKED = System.getProperty("os.arch", "").equals("amd64");

  private static final int EVENT_BYTES = PACKED ? 12 : 16;
  private static final int DATA_OFFSET = PACKED ? 4 : 8;

  private final int epoll;

  private Epoll(int epoll) {
    this.epoll = epoll;
  }

  /// @throws IOException if there is none here: why, and what to do
  public static Epoll open() throws IOException {
    String missing = NativeAccess.missing();
    if (!missing.isEmpty()) {
      throw new IOException(missing);
    }
    int epoll;
    try {
      epoll = Libc.epollCreate(CLOSE_ON_EXEC);
    } catch (LinkageError e) {
      throw new IOException("the C library has no epoll", e);
    }
    if (epoll < 0) {
      throw new IOException("epoll_create1 failed with error " + -epoll);
    }
    return new Epoll(epoll);
  }

  /// @return 0, or the error's number
  int add(int descriptor, int events, long token) {
    return control(ADD, descriptor, events, token);
  }

  int modify(int descriptor, int events, long token) {
    return control(MODIFY, descriptor, events, token);
  }

  /// An error means that the descriptor was closed, and with it the registration.
  void delete(int descriptor) {
    Libc.epollControl(epoll, DELETE, descriptor);
  }

  private int control(int operation, int descriptor, int events, long token) {
    try (Scratch scratch = Scratch.take()) {
      MemorySegment event = scratch.bytes;
      event.set(JAVA_INT, 0, events | ONE_SHOT);
      event.set(JAVA_LONG_UNALIGNED, DATA_OFFSET, token);
      return -Libc.epollControl(scratch.state, epoll, operation, descriptor, event);
    }
  }

  /// What happened to a descriptor.
  interface Taker {
    void event(long token, int events);
  }

  /// A place for events, for one thread.
  final class Events implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment events =
        arena.allocate((long) EVENT_BYTES * MAX_EVENTS, Long.BYTES);
    private final MemorySegment state = Libc.state(arena);

    /// Waits for events and gives them on.
    ///
    /// @return how many there were; 0 if the time was over; the negated error number if waiting
    ///   failed
    int await(int timeoutMillis, Taker taker) {
      int count = Libc.epollWait(state, epoll, events, MAX_EVENTS, timeoutMillis);
      for (int i = 0; i < count; i++) {
        long at = (long) i * EVENT_BYTES;
        taker.event(
            events.get(JAVA_LONG_UNALIGNED, at + DATA_OFFSET), events.get(JAVA_INT_UNALIGNED, at));
      }
      return count;
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
