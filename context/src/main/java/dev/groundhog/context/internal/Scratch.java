package dev.groundhog.context.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Memory for what a call of the C library reads and writes. For one thread at a time; used again,
/// since allocating it costs as much as the call.
final class Scratch implements AutoCloseable {
  /// `struct sockaddr_storage`, the largest of what is needed.
  static final int BYTES = 128;

  private static final int MAX_KEPT = 8;
  private static final AtomicReferenceArray<@Nullable Scratch> KEPT =
      new AtomicReferenceArray<>(MAX_KEPT);

  private final Arena arena = Arena.ofAuto();

  /// For the error's number.
  final MemorySegment state = Libc.state(arena);

  final MemorySegment bytes = arena.allocate(BYTES, Long.BYTES);
  final MemorySegment length = arena.allocate(JAVA_INT);

  private Scratch() {}

  /// One of those that were used before, or a new one.
  static Scratch take() {
    int start = (int) Thread.currentThread().threadId();
    for (int i = 0; i < MAX_KEPT; i++) {
      Scratch kept = KEPT.getAndSet((start + i) & (MAX_KEPT - 1), null);
      if (kept != null) {
        return kept;
      }
    }
    return new Scratch();
  }

  @Override
  public void close() {
    KEPT.set((int) Thread.currentThread().threadId() & (MAX_KEPT - 1), this);
  }

  /// Keeps none for later use.
  static void releaseAll() {
    for (int i = 0; i < MAX_KEPT; i++) {
      KEPT.set(i, null);
    }
  }
}
