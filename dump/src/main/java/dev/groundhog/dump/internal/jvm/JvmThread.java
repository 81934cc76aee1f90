package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// One thread of a JVM while it is read, whatever the format. Not thread-safe.
final class JvmThread {
  /// How a thread waits for the object it names.
  enum Wait {
    /// `LockSupport.park(blocker)`.
    PARKING,
    /// Wants to enter the monitor, for the first time or again after `Object.wait`.
    ENTERING,
    /// `Object.wait`, which has let go of the monitor.
    NOTIFICATION
  }

  /// The frames of a deeper stack beyond these are counted, not kept.
  static final int MAX_FRAMES = 10_000;

  private static final int MAX_HOLDS = 10_000;

  private final List<Frame> frames = new ArrayList<>();
  private int elided;
  private List<LockRef> holds = List.of();
  private Optional<LockRef> blockedOn = Optional.empty();
  private Wait wait = Wait.PARKING;

  ThreadKind kind = ThreadKind.PLATFORM;
  OptionalLong id = OptionalLong.empty();
  String name = "";
  String group = "";
  ThreadState state = ThreadState.UNKNOWN;
  Optional<Duration> age = Optional.empty();
  OptionalLong owner = OptionalLong.empty();

  /// One of the JVM's own, without a `java.lang.Thread`.
  boolean internal;

  void frame(Frame frame) {
    if (frames.size() < MAX_FRAMES) {
      frames.add(frame);
    } else {
      elided++;
    }
  }

  int depth() {
    return frames.size();
  }

  void waitsFor(LockRef lock, Wait how) {
    blockedOn = Optional.of(lock);
    wait = how;
  }

  void holds(LockRef lock) {
    if (holds.isEmpty()) {
      holds = new ArrayList<>(2);
    }
    if (holds.size() < MAX_HOLDS) {
      holds.add(lock);
    }
  }

  /// What it holds. Dumps list a monitor at the frame that took it even while `Object.wait` has
  /// given it back; that one is not held.
  List<LockRef> holds() {
    if (wait == Wait.PARKING || blockedOn.isEmpty() || holds.isEmpty()) {
      return holds;
    }
    LockRef given = blockedOn.get();
    return holds.stream().filter(lock -> !lock.equals(given)).toList();
  }

  /// The lock that another thread must let go of first, if the dump can tell which that is.
  Optional<LockRef> wants(Set<Wait> findable) {
    return blockedOn.filter(lock -> findable.contains(wait) && !lock.identity().isEmpty());
  }

  /// Whether the outermost frame is one that threads start with: nothing is missing behind it.
  boolean reachesTheStart() {
    if (frames.isEmpty()) {
      return false;
    }
    String start = frames.getLast().function();
    return start.equals("java.lang.Thread.run")
        || start.equals("java.lang.VirtualThread.run")
        || start.endsWith(".main");
  }

  DumpThread build() {
    CallStack stack = stack();
    ThreadKind known = startsAsVirtual() ? ThreadKind.VIRTUAL : kind;
    ThreadState at = state == ThreadState.UNKNOWN ? JvmWaits.infer(stack) : state;
    DumpThread.Builder thread =
        DumpThread.of(known, stack)
            .name(name)
            .state(at)
            .waits(waitKind(known, at, stack), "")
            .holds(holds())
            .group(group);
    id.ifPresent(thread::id);
    age.ifPresent(thread::age);
    blockedOn.ifPresent(thread::blockedOn);
    owner.ifPresent(thread::blockedOnOwner);
    return thread.build();
  }

  private CallStack stack() {
    if (frames.isEmpty()) {
      return CallStack.EMPTY;
    }
    return elided == 0 ? new CallStack(frames) : new CallStack(frames, frames.size(), elided);
  }

  /// JDK 21's JSON does not say which threads are virtual, but their first frame does.
  private boolean startsAsVirtual() {
    return !frames.isEmpty() && frames.getLast().function().equals("java.lang.VirtualThread.run");
  }

  /// A platform thread that runs without any Java frame is the JVM's: compilers, signal dispatcher.
  private WaitKind waitKind(ThreadKind known, ThreadState at, CallStack stack) {
    boolean runsNoJava =
        frames.isEmpty() && at == ThreadState.RUNNABLE && known == ThreadKind.PLATFORM;
    return internal || runsNoJava
        ? WaitKind.RUNTIME
        : JvmWaits.classify(at, stack, blockedOn.map(LockRef::type).orElse(""));
  }
}
