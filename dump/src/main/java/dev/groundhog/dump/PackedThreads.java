package dev.groundhog.dump;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Threads as columns: id 8 bytes, waiting 4, shared facts 4, blocker or creator 8; the name is a
/// reference; where starts were recorded, age 8 and creator 8. What is not in a column is either
/// shared by many threads ([Shared], interned) or rare ([Rare], sparse).
final class PackedThreads {
  private static final int NO_WAITING = -1;
  private static final long NO_ID = Long.MIN_VALUE;
  private static final long NO_AGE = -1;
  private static final Duration MAX_AGE = Duration.ofNanos(Long.MAX_VALUE);
  private static final int RECENT_STACKS = 1 << 12;

  /// So few are not worth the memory of what makes the rest faster.
  private static final int FEW_THREADS = 64;

  /// What many threads have in common. Ordered by what strangers can write, see [Frame].
  private record Shared(
      ThreadKind kind,
      ThreadState state,
      WaitKind waitKind,
      String waitReason,
      String blockedOnType,
      Map<String, String> labels,
      String threadClass,
      String threadGroup,
      String group,
      boolean lockedToThread,
      boolean leaked,
      boolean stranded,
      BirthRecord birth,
      Relation relation,
      int stack,
      int createdBy)
      implements Comparable<Shared> {
    private static final Comparator<Shared> ORDER =
        Comparator.comparingInt(Shared::stack)
            .thenComparingInt(Shared::createdBy)
            .thenComparing(Shared::waitReason)
            .thenComparing(Shared::blockedOnType)
            .thenComparing(Shared::group)
            .thenComparing(Shared::threadClass)
            .thenComparing(Shared::threadGroup)
            .thenComparing(shared -> new TreeMap<>(shared.labels).toString());

    @Override
    public int compareTo(Shared other) {
      return ORDER.compare(this, other);
    }
  }

  /// What the column of relations has for a thread.
  private enum Relation {
    NONE,
    /// The identity of what it is blocked on.
    BLOCKER,
    /// The id of the thread that created it.
    CREATOR
  }

  /// What few threads have.
  private record Rare(
      long count,
      Optional<Duration> waiting,
      Optional<Duration> age,
      Optional<Duration> clientGone,
      Optional<LockRef> blockedOn,
      OptionalLong owner,
      List<LockRef> holds) {
    static final Rare NONE =
        new Rare(
            1,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty(),
            List.of());
  }

  private final List<Shared> shared = new ArrayList<>();
  private final Map<Shared, Integer> sharedIndex = new HashMap<>();
  private final List<CallStack> stacks = new ArrayList<>();
  private final Map<CallStack, Integer> stackIndex = new HashMap<>();

  /// Stacks as readers gave them, at places by identity: a reader that gives the same object again
  /// is spared the comparing of frames.
  private @Nullable CallStack[] recentStacks = new @Nullable CallStack[0];

  private int[] recentIndex = new int[0];
  private final Map<Frame, Frame> frames = new HashMap<>();
  private final Map<Integer, Rare> rare = new HashMap<>();

  private int size;
  private long threadCount;
  private long[] ids = new long[16];
  private int[] sharedAt = new int[16];
  private int[] waitedSeconds = new int[16];
  private long[] relations = new long[16];
  private String[] names = new String[16];

  /// Empty until a thread has an age, or a creator beside its blocker.
  private long[] ageNanos = new long[0];

  private long[] creators = new long[0];

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
    Relation relation =
        identity >= 0
            ? Relation.BLOCKER
            : thread.creatorId().isPresent() ? Relation.CREATOR : Relation.NONE;
    int seconds = packedSeconds(thread.waiting());
    ids[size] = thread.id().orElse(NO_ID);
    names[size] = thread.name();
    waitedSeconds[size] = seconds;
    relations[size] = relation == Relation.BLOCKER ? identity : thread.creatorId().orElse(-1);
    addBirth(thread, relation);
    sharedAt[size] = share(thread, relation);
    addRare(thread, relation);
    size++;
    threadCount = Math.addExact(threadCount, thread.count());
  }

  private void addBirth(DumpThread thread, Relation relation) {
    long age = packedNanos(thread.age());
    if (ageNanos.length == 0 && age >= 0) {
      ageNanos = new long[ids.length];
      Arrays.fill(ageNanos, 0, size, NO_AGE);
    }
    if (ageNanos.length > 0) {
      ageNanos[size] = age;
    }
    boolean besideBlocker = relation == Relation.BLOCKER && thread.creatorId().isPresent();
    if (creators.length == 0 && besideBlocker) {
      creators = new long[ids.length];
      Arrays.fill(creators, 0, size, NO_ID);
    }
    if (creators.length > 0) {
      creators[size] = besideBlocker ? thread.creatorId().getAsLong() : NO_ID;
    }
  }

  private OptionalLong creator(int row, Relation relation) {
    long creator =
        relation == Relation.CREATOR
            ? relations[row]
            : creators.length == 0 ? NO_ID : creators[row];
    return creator == NO_ID ? OptionalLong.empty() : OptionalLong.of(creator);
  }

  private void addRare(DumpThread thread, Relation relation) {
    Optional<Duration> waiting =
        waitedSeconds[size] == NO_WAITING ? thread.waiting() : Optional.empty();
    Optional<LockRef> blockedOn =
        relation == Relation.BLOCKER ? Optional.empty() : thread.blockedOn();
    Optional<Duration> age = packedNanos(thread.age()) < 0 ? thread.age() : Optional.empty();
    if (thread.count() != 1
        || waiting.isPresent()
        || age.isPresent()
        || thread.clientGone().isPresent()
        || blockedOn.isPresent()
        || thread.blockedOnOwner().isPresent()
        || !thread.holds().isEmpty()) {
      rare.put(
          size,
          new Rare(
              thread.count(),
              waiting,
              age,
              thread.clientGone(),
              blockedOn,
              thread.blockedOnOwner(),
              thread.holds()));
    }
  }

  DumpThread get(int row) {
    if (row < 0 || row >= size) {
      throw new IndexOutOfBoundsException("row " + row + " of " + size);
    }
    Shared facts = shared.get(sharedAt[row]);
    Rare extra = rare.getOrDefault(row, Rare.NONE);
    Optional<LockRef> blocker =
        facts.relation == Relation.BLOCKER
            ? Optional.of(new LockRef(facts.blockedOnType, Long.toHexString(relations[row])))
            : extra.blockedOn;
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
        facts.birth,
        ageNanos.length == 0 || ageNanos[row] == NO_AGE
            ? extra.age
            : Optional.of(Duration.ofNanos(ageNanos[row])),
        extra.clientGone,
        blocker,
        extra.owner,
        extra.holds,
        facts.labels,
        facts.threadClass,
        facts.threadGroup,
        facts.group,
        facts.lockedToThread,
        facts.leaked,
        facts.stranded,
        stacks.get(facts.stack),
        stacks.get(facts.createdBy),
        creator(row, facts.relation));
  }

  /// Gives back what growing reserved; called once, when the dump has ended.
  void trim() {
    resize(size);
    recentStacks = new @Nullable CallStack[0];
    recentIndex = new int[0];
  }

  private int share(DumpThread thread, Relation relation) {
    Shared facts =
        new Shared(
            thread.kind(),
            thread.state(),
            thread.waitKind(),
            thread.waitReason(),
            relation == Relation.BLOCKER ? thread.blockedOn().orElseThrow().type() : "",
            thread.labels(),
            thread.threadClass(),
            thread.threadGroup(),
            thread.group(),
            thread.lockedToThread(),
            thread.leaked(),
            thread.stranded(),
            thread.birth(),
            relation,
            intern(thread.stack()),
            intern(thread.createdBy()));
    return sharedIndex.computeIfAbsent(
        facts,
        fresh -> {
          shared.add(fresh);
          return shared.size() - 1;
        });
  }

  @SuppressWarnings("ReferenceEquality")
  private int intern(CallStack stack) {
    if (size < FEW_THREADS) {
      return index(stack);
    }
    if (recentStacks.length == 0) {
      recentStacks = new @Nullable CallStack[RECENT_STACKS];
      recentIndex = new int[RECENT_STACKS];
    }
    int place = System.identityHashCode(stack) & (RECENT_STACKS - 1);
    if (recentStacks[place] != stack) {
      recentIndex[place] = index(stack);
      recentStacks[place] = stack;
    }
    return recentIndex[place];
  }

  private int index(CallStack stack) {
    Integer known = stackIndex.get(stack);
    if (known != null) {
      return known;
    }
    List<Frame> shared =
        stack.frames().stream()
            .map(frame -> frames.computeIfAbsent(frame, fresh -> fresh))
            .toList();
    CallStack fresh = new CallStack(shared, stack.elidedAfter(), stack.elided());
    stacks.add(fresh);
    stackIndex.put(fresh, stacks.size() - 1);
    return stacks.size() - 1;
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

  /// -1 if there is none, or if a column cannot hold it.
  private static long packedNanos(Optional<Duration> age) {
    return age.filter(time -> !time.isNegative() && time.compareTo(MAX_AGE) < 0)
        .map(Duration::toNanos)
        .orElse(NO_AGE);
  }

  private void resize(int capacity) {
    ids = Arrays.copyOf(ids, capacity);
    sharedAt = Arrays.copyOf(sharedAt, capacity);
    waitedSeconds = Arrays.copyOf(waitedSeconds, capacity);
    relations = Arrays.copyOf(relations, capacity);
    names = Arrays.copyOf(names, capacity);
    ageNanos = ageNanos.length == 0 ? ageNanos : Arrays.copyOf(ageNanos, capacity);
    creators = creators.length == 0 ? creators : Arrays.copyOf(creators, capacity);
  }
}
