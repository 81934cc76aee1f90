package dev.groundhog.dump;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Threads as columns: id 8 bytes, waiting 4, shared facts 4, blocker 8; the name is a reference.
/// What is not in a column is either shared by many threads ([Shared], interned) or rare ([Rare],
/// sparse).
final class PackedThreads {
  private static final int NO_WAITING = -1;
  private static final long NO_ID = Long.MIN_VALUE;

  /// What many threads have in common.
  private record Shared(
      ThreadKind kind,
      ThreadState state,
      WaitKind waitKind,
      String waitReason,
      String blockedOnType,
      Map<String, String> labels,
      String group,
      boolean lockedToThread,
      boolean leaked,
      CallStack stack,
      CallStack createdBy) {}

  /// What few threads have.
  private record Rare(
      long count,
      Optional<Duration> waiting,
      Optional<Duration> age,
      Optional<LockRef> blockedOn,
      OptionalLong owner,
      List<LockRef> holds,
      OptionalLong creatorId) {
    static final Rare NONE =
        new Rare(
            1,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            List.of(),
            OptionalLong.empty());
  }

  private final List<Shared> shared = new ArrayList<>();
  private final Map<Shared, Integer> sharedIndex = new HashMap<>();
  private final Map<CallStack, CallStack> stacks = new HashMap<>();
  private final Map<Frame, Frame> frames = new HashMap<>();
  private final Map<Integer, Rare> rare = new HashMap<>();

  private int size;
  private long threadCount;
  private long[] ids = new long[16];
  private int[] sharedAt = new int[16];
  private int[] waitedSeconds = new int[16];
  private long[] blockers = new long[16];
  private String[] names = new String[16];

  int size() {
    return size;
  }

  long threadCount() {
    return threadCount;
  }

  void add(DumpThread thread) {
    if (size == ids.length) {
      resize(Math.addExact(size, size >> 1));
    }
    long identity = packedIdentity(thread.blockedOn());
    boolean packsBlocker = thread.blockedOn().isPresent() && identity >= 0;
    int seconds = packedSeconds(thread.waiting());
    ids[size] = thread.id().orElse(NO_ID);
    names[size] = thread.name();
    waitedSeconds[size] = seconds;
    blockers[size] = packsBlocker ? identity : -1;
    sharedAt[size] = share(thread, packsBlocker);
    Rare facts =
        new Rare(
            thread.count(),
            seconds == NO_WAITING ? thread.waiting() : Optional.empty(),
            thread.age(),
            packsBlocker ? Optional.empty() : thread.blockedOn(),
            thread.blockedOnOwner(),
            thread.holds(),
            thread.creatorId());
    if (!facts.equals(Rare.NONE)) {
      rare.put(size, facts);
    }
    size++;
    threadCount = Math.addExact(threadCount, thread.count());
  }

  DumpThread get(int row) {
    if (row < 0 || row >= size) {
      throw new IndexOutOfBoundsException("row " + row + " of " + size);
    }
    Shared facts = shared.get(sharedAt[row]);
    Rare extra = rare.getOrDefault(row, Rare.NONE);
    Optional<LockRef> blocker =
        facts.blockedOnType.isEmpty()
            ? extra.blockedOn
            : Optional.of(new LockRef(facts.blockedOnType, Long.toHexString(blockers[row])));
    return new DumpThread(
        ids[row] == NO_ID ? OptionalLong.empty() : OptionalLong.of(ids[row]),
        extra.count,
        names[row],
        facts.kind,
        facts.state,
        facts.waitKind,
        facts.waitReason,
        waitedSeconds[row] == NO_WAITING
            ? extra.waiting
            : Optional.of(Duration.ofSeconds(waitedSeconds[row])),
        extra.age,
        blocker,
        extra.owner,
        extra.holds,
        facts.labels,
        facts.group,
        facts.lockedToThread,
        facts.leaked,
        facts.stack,
        facts.createdBy,
        extra.creatorId);
  }

  /// Gives back what growing reserved; called once, when the dump has ended.
  void trim() {
    resize(size);
  }

  private int share(DumpThread thread, boolean packsBlocker) {
    Shared facts =
        new Shared(
            thread.kind(),
            thread.state(),
            thread.waitKind(),
            thread.waitReason(),
            packsBlocker ? thread.blockedOn().orElseThrow().type() : "",
            thread.labels(),
            thread.group(),
            thread.lockedToThread(),
            thread.leaked(),
            intern(thread.stack()),
            intern(thread.createdBy()));
    return sharedIndex.computeIfAbsent(
        facts,
        fresh -> {
          shared.add(fresh);
          return shared.size() - 1;
        });
  }

  private CallStack intern(CallStack stack) {
    CallStack known = stacks.get(stack);
    if (known != null) {
      return known;
    }
    List<Frame> shared =
        stack.frames().stream()
            .map(frame -> frames.computeIfAbsent(frame, fresh -> fresh))
            .toList();
    CallStack fresh = new CallStack(shared, stack.elidedAfter(), stack.elided());
    stacks.put(fresh, fresh);
    return fresh;
  }

  /// The identity as a number, or -1 where it cannot be written back as the same text.
  private static long packedIdentity(Optional<LockRef> lock) {
    if (lock.isEmpty() || lock.get().type().isEmpty()) {
      return -1;
    }
    String text = lock.get().identity();
    if (text.isEmpty() || text.length() > 15) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
      if (digit < 0 || (digit == 0 && i == 0 && text.length() > 1)) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }

  private static int packedSeconds(Optional<Duration> waiting) {
    if (waiting.isEmpty() || waiting.get().toNanosPart() != 0) {
      return NO_WAITING;
    }
    long seconds = waiting.get().toSeconds();
    return seconds < 0 || seconds > Integer.MAX_VALUE ? NO_WAITING : (int) seconds;
  }

  private void resize(int capacity) {
    ids = Arrays.copyOf(ids, capacity);
    sharedAt = Arrays.copyOf(sharedAt, capacity);
    waitedSeconds = Arrays.copyOf(waitedSeconds, capacity);
    blockers = Arrays.copyOf(blockers, capacity);
    names = Arrays.copyOf(names, capacity);
  }
}
