package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.util.IdentityHashMap;

/// What threads at a stack wait for, found out once for each stack: those at one stack mostly wait
/// alike. Not thread-safe.
public final class KnownWaits {
  private static final int MAX_STACKS = 20_000;

  private record Known(ThreadState state, String lock, WaitKind kind) {}

  private final IdentityHashMap<CallStack, Known> byStack = new IdentityHashMap<>();

  WaitKind classify(ThreadState state, CallStack stack, String lock) {
    Known known = byStack.get(stack);
    if (known == null || known.state != state || !known.lock.equals(lock)) {
      if (byStack.size() >= MAX_STACKS) {
        byStack.clear();
      }
      known = new Known(state, lock, JvmWaits.classify(state, stack, lock));
      byStack.put(stack, known);
    }
    return known.kind;
  }
}
