package dev.groundhog.context.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

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

  private static final int MAX_EVENTS = 512;

  /// `struct epoll_event` is packed on x86-64 only.
  private static final boolean PACKED = System.getProperty("os.arch", "").equals("amd64");

  private static final int EVENT_BYTES = PACKED ? 12 : 16;
  private static final int DATA_OFFSET = PACKED ? 4 : 8;

  private final int epoll;

  private Epoll(int epoll) {
    this.epoll = epoll;
  }

  /// Empty where there is none or this module may not call it.
  public static Optional<Epoll> open() {
    if (!missing().isEmpty()) {
      return Optional.empty();
    }
    try {
      int epoll = Libc.epollCreate(CLOSE_ON_EXEC);
      return epoll < 0 ? Optional.empty() : Optional.of(new Epoll(epoll));
    } catch (LinkageError _) {
      return Optional.empty(); // a C library without these functions
    }
  }

  /// Why there is none, and what to do; empty where there should be one.
  public static String missing() {
    return Libc.missing();
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
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment event = arena.allocate(EVENT_BYTES, Long.BYTES);
      event.set(JAVA_INT, 0, events | ONE_SHOT);
      event.set(JAVA_LONG_UNALIGNED, DATA_OFFSET, token);
      return -Libc.epollControl(arena, epoll, operation, descriptor, event);
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
    /// @return how many there were; 0 if the time was over
    int await(int timeoutMillis, Taker taker) {
      int count = Math.max(0, Libc.epollWait(state, epoll, events, MAX_EVENTS, timeoutMillis));
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
