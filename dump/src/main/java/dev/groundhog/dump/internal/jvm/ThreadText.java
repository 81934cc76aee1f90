package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// One thread while its lines are read: what both of the JVM's text formats have below a header.
final class ThreadText {
  private static final int MAX_FRAMES = 10_000;
  private static final int MAX_CACHED = 100_000;

  private final Map<String, Frame> cache;
  private final List<Frame> frames = new ArrayList<>();
  private final List<LockRef> holds = new ArrayList<>();
  private Optional<LockRef> blockedOn = Optional.empty();

  final ThreadKind kind;
  final OptionalLong id;
  final String name;
  ThreadState state = ThreadState.UNKNOWN;
  Optional<Duration> age = Optional.empty();

  ThreadText(Map<String, Frame> cache, ThreadKind kind, OptionalLong id, String name) {
    this.cache = cache;
    this.kind = kind;
    this.id = id;
    this.name = name;
  }

  static Map<String, Frame> newCache() {
    return new HashMap<>();
  }

  /// Takes `at F(file:1)`, `F(file:1)` or `- waiting on <…>`, without its indentation. False if it
  /// is none.
  boolean take(String line) {
    if (line.startsWith("- ")) {
      lock(line.substring(2));
      return true;
    }
    String text = line.startsWith("at ") ? line.substring(3) : line;
    Frame known = cache.get(text);
    if (known == null) {
      Optional<Frame> parsed = JvmFrames.parse(text);
      if (parsed.isEmpty()) {
        return false;
      }
      known = parsed.get();
      if (cache.size() < MAX_CACHED) {
        cache.put(text, known);
      }
    }
    if (frames.size() < MAX_FRAMES) {
      frames.add(known);
    }
    return true;
  }

  private void lock(String text) {
    Optional<LockRef> lock = lockRef(text);
    if (lock.isEmpty()) {
      return;
    }
    if (text.startsWith("locked") || text.startsWith("<")) {
      holds.add(lock.get());
    } else if (text.startsWith("parking to wait for") || text.startsWith("waiting")) {
      blockedOn = lock;
    }
  }

  /// `<0x0000a> (a java.lang.Object)` or `<java.lang.Object@79f29817>`.
  private static Optional<LockRef> lockRef(String text) {
    int open = text.indexOf('<');
    int close = text.indexOf('>', open + 1);
    if (open < 0 || close < 0) {
      return Optional.empty();
    }
    String inside = text.substring(open + 1, close);
    int type = text.indexOf("(a ", close);
    if (type >= 0 && text.endsWith(")")) {
      return Optional.of(
          new LockRef(
              text.substring(type + 3, text.length() - 1), inside.replaceFirst("^0x0*", "")));
    }
    return inside.indexOf('@') > 0 ? Optional.of(JvmJson.lock(inside)) : Optional.empty();
  }

  List<LockRef> holds() {
    return holds;
  }

  /// The thread; `owners` tells which thread holds a lock, by the lock's identity.
  DumpThread build(Map<String, Long> owners) {
    CallStack stack = frames.isEmpty() ? CallStack.EMPTY : new CallStack(frames);
    boolean virtual =
        kind == ThreadKind.VIRTUAL
            || (!frames.isEmpty()
                && frames.getLast().function().equals("java.lang.VirtualThread.run"));
    ThreadState known = state == ThreadState.UNKNOWN ? JvmWaits.infer(stack) : state;
    DumpThread.Builder thread =
        DumpThread.of(virtual ? ThreadKind.VIRTUAL : kind, stack)
            .name(name)
            .state(known)
            .waits(JvmWaits.classify(known, stack), "")
            .holds(holds);
    id.ifPresent(thread::id);
    age.ifPresent(thread::age);
    blockedOn.ifPresent(thread::blockedOn);
    blockedOn
        .map(lock -> owners.get(lock.identity()))
        .filter(owner -> id.isEmpty() || owner != id.getAsLong())
        .ifPresent(thread::blockedOnOwner);
    return thread.build();
  }
}
