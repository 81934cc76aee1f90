package dev.groundhog.dump;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// One thread of a dump, or, in aggregated formats (`debug=1`, protobuf), one group of equal ones.
///
/// @param id the runtime's id (`tid`, goroutine id); empty in aggregated formats
/// @param count how many threads this row stands for; 1 unless aggregated
/// @param name empty for goroutines and unnamed virtual threads
/// @param waitReason the runtime's own words, `chan receive (nil chan)`; empty if it has none
/// @param waiting how long it has waited, as told by the dump; absent if it does not tell
/// @param birth whether its start was recorded
/// @param age time since it was started, of one from before the recording since that began; absent
///   if the dump does not tell
/// @param clientGone how long the client is gone for whom it works; absent if it is there, or if
///   the dump does not tell
/// @param blockedOn what it waits for
/// @param blockedOnOwner id of the thread that holds `blockedOn`
/// @param holds monitors and locks that it holds, in the dump's order
/// @param threadClass the class of the JVM's thread, `java.util.TimerThread`; empty if not told
/// @param threadGroup the name of the JVM's thread group, `main`; empty if not told
/// @param group the JVM's thread container or Go's synctest bubble; empty if none
/// @param leaked Go 1.27 or Groundhog's agent proved it, or it [was collected][#wasCollected]
/// @param stranded of a leaked one, whether the shutdown of an executor could still make it go on
/// @param createdBy the creation site, the creator's own frames first; one frame in Go, empty if
///   unknown
public record DumpThread(
    OptionalLong id,
    long count,
    String name,
    ThreadKind kind,
    ThreadState state,
    WaitKind waitKind,
    String waitReason,
    Optional<Duration> waiting,
    BirthRecord birth,
    Optional<Duration> age,
    Optional<Duration> clientGone,
    Optional<LockRef> blockedOn,
    OptionalLong blockedOnOwner,
    List<LockRef> holds,
    Map<String, String> labels,
    String threadClass,
    String threadGroup,
    String group,
    boolean lockedToThread,
    boolean leaked,
    boolean stranded,
    CallStack stack,
    CallStack createdBy,
    OptionalLong creatorId) {

  /// More threads than any process can have; with it, no sum over a dump's rows overflows.
  public static final long MAX_COUNT = 1L << 31;

  public DumpThread {
    if (count < 1 || count > MAX_COUNT) {
      throw new IllegalArgumentException("count " + count);
    }
    holds = List.copyOf(holds);
  }

  /// Whether it is a virtual thread that was started, has not ended and is nowhere any more: the
  /// garbage collector took it, since nobody held it. Only where it was started is known.
  public boolean wasCollected() {
    return leaked && kind == ThreadKind.VIRTUAL && stack.frames().isEmpty();
  }

  /// This thread, waiting for as long.
  public DumpThread waitingFor(Duration time) {
    return new Builder(this).waiting(time).build();
  }

  /// This thread, with these frames.
  public DumpThread withStack(CallStack frames) {
    Builder builder = new Builder(this);
    builder.stack = frames;
    return builder.build();
  }

  /// This thread, with more of its facts.
  public Builder with() {
    return new Builder(this);
  }

  /// A thread of which only kind and stack are known; set the rest with the builder's methods.
  public static Builder of(ThreadKind kind, CallStack stack) {
    return new Builder(kind, stack);
  }

  /// Collects the facts of one thread; unset ones stay unknown. Not thread-safe.
  public static final class Builder {
    private final ThreadKind kind;
    private CallStack stack;
    private OptionalLong id = OptionalLong.empty();
    private long count = 1;
    private String name = "";
    private ThreadState state = ThreadState.UNKNOWN;
    private WaitKind waitKind = WaitKind.UNKNOWN;
    private String waitReason = "";
    private Optional<Duration> waiting = Optional.empty();
    private BirthRecord birth = BirthRecord.UNTOLD;
    private Optional<Duration> age = Optional.empty();
    private Optional<Duration> clientGone = Optional.empty();
    private Optional<LockRef> blockedOn = Optional.empty();
    private OptionalLong blockedOnOwner = OptionalLong.empty();
    private List<LockRef> holds = List.of();
    private Map<String, String> labels = Map.of();
    private String threadClass = "";
    private String threadGroup = "";
    private String group = "";
    private boolean lockedToThread;
    private boolean leaked;
    private boolean stranded;
    private CallStack createdBy = CallStack.EMPTY;
    private OptionalLong creatorId = OptionalLong.empty();

    private Builder(ThreadKind kind, CallStack stack) {
      this.kind = kind;
      this.stack = stack;
    }

    private Builder(DumpThread from) {
      this(from.kind, from.stack);
      id = from.id;
      count = from.count;
      name = from.name;
      state = from.state;
      waitKind = from.waitKind;
      waitReason = from.waitReason;
      waiting = from.waiting;
      birth = from.birth;
      age = from.age;
      clientGone = from.clientGone;
      blockedOn = from.blockedOn;
      blockedOnOwner = from.blockedOnOwner;
      holds = from.holds;
      labels = from.labels;
      threadClass = from.threadClass;
      threadGroup = from.threadGroup;
      group = from.group;
      lockedToThread = from.lockedToThread;
      leaked = from.leaked;
      stranded = from.stranded;
      createdBy = from.createdBy;
      creatorId = from.creatorId;
    }

    public Builder id(long id) {
      this.id = OptionalLong.of(id);
      return this;
    }

    /// A count beyond [#MAX_COUNT], which only a damaged dump has, is taken as that.
    public Builder count(long count) {
      this.count = Math.min(count, MAX_COUNT);
      return this;
    }

    public Builder name(String name) {
      this.name = name;
      return this;
    }

    public Builder state(ThreadState state) {
      this.state = state;
      return this;
    }

    public Builder waits(WaitKind waitKind, String waitReason) {
      this.waitKind = waitKind;
      this.waitReason = waitReason;
      return this;
    }

    public Builder waiting(Duration waiting) {
      this.waiting = Optional.of(waiting);
      return this;
    }

    public Builder birth(BirthRecord birth) {
      this.birth = birth;
      return this;
    }

    public Builder age(Duration age) {
      this.age = Optional.of(age);
      return this;
    }

    public Builder clientGone(Duration clientGone) {
      this.clientGone = Optional.of(clientGone);
      return this;
    }

    public Builder blockedOn(LockRef lock) {
      this.blockedOn = Optional.of(lock);
      return this;
    }

    public Builder blockedOnOwner(long ownerId) {
      this.blockedOnOwner = OptionalLong.of(ownerId);
      return this;
    }

    public Builder holds(List<LockRef> holds) {
      this.holds = holds;
      return this;
    }

    public Builder labels(Map<String, String> labels) {
      this.labels = labels;
      return this;
    }

    public Builder threadClass(String threadClass) {
      this.threadClass = threadClass;
      return this;
    }

    public Builder threadGroup(String threadGroup) {
      this.threadGroup = threadGroup;
      return this;
    }

    public Builder group(String group) {
      this.group = group;
      return this;
    }

    public Builder lockedToThread(boolean lockedToThread) {
      this.lockedToThread = lockedToThread;
      return this;
    }

    public Builder leaked(boolean leaked) {
      this.leaked = leaked;
      return this;
    }

    public Builder stranded(boolean stranded) {
      this.stranded = stranded;
      return this;
    }

    public Builder createdBy(CallStack createdBy) {
      this.createdBy = createdBy;
      return this;
    }

    public Builder creatorId(long creatorId) {
      this.creatorId = OptionalLong.of(creatorId);
      return this;
    }

    public DumpThread build() {
      return new DumpThread(
          id,
          count,
          name,
          kind,
          state,
          waitKind,
          waitReason,
          waiting,
          birth,
          age,
          clientGone,
          blockedOn,
          blockedOnOwner,
          holds,
          labels,
          threadClass,
          threadGroup,
          group,
          lockedToThread,
          leaked,
          stranded,
          stack,
          createdBy,
          creatorId);
    }
  }
}
