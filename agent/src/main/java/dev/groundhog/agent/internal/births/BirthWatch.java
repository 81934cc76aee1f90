package dev.groundhog.agent.internal.births;

import dev.groundhog.agent.internal.births.BirthHooks.Calls;
import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.endpoint.BirthCounts;
import dev.groundhog.endpoint.BirthSource;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Records the starts of this JVM's threads, as the options of the agent ask. Safe to share.
public final class BirthWatch implements BirthSource {
  /// What is recorded.
  public enum Mode {
    OFF,
    /// Of virtual threads some.
    SAMPLE,
    ALL
  }

  private static final String NOBODY_RECORDS =
      "who starts threads is not recorded: load the agent with births=all";
  private static final String SAMPLED =
      "of those who start threads only a sample is recorded: load the agent with births=all";
  private static final String MISSED =
      "another agent has changed how threads start: what has started meanwhile is not known";
  private static final String UNKNOWN =
      "whether every start has been seen cannot be told just now: ask again";

  private final Instrumentation instrumentation;
  private final Supplier<Set<Long>> living;
  private final Tags tags = new Tags();
  private final Repairs repairs = new Repairs();
  private Optional<BirthHooks> hooks = Optional.empty();
  private volatile Mode mode = Mode.OFF;

  /// What was recorded when another agent took our calls out, until recording begins anew.
  private Optional<Recording> interrupted = Optional.empty();

  /// Null while nothing is recorded, though the mode may ask for it.
  private volatile @Nullable Recording recording;

  /// @param living the ids of all threads of this JVM that can be listed
  public BirthWatch(Instrumentation instrumentation, Supplier<Set<Long>> living) {
    this.instrumentation = instrumentation;
    this.living = living;
  }

  /// Records as `wanted` says from now on; what was recorded in another mode is forgotten, and its
  /// threads are from before. What threads were told to hand on stays, unless nothing is recorded
  /// any more. Once somebody has worked with tags while all was recorded, a sample is no longer
  /// taken instead: tests that run would not find what they have started.
  ///
  /// @return what is recorded from now on
  /// @throws IOException if this JVM differs from what is known, in one line; nothing is recorded
  public synchronized Mode use(Mode wanted) throws IOException {
    boolean stays = wanted == Mode.SAMPLE && mode == Mode.ALL && tags.areUsed();
    Mode next = stays ? Mode.ALL : wanted;
    repairs.reset();
    if (next == Mode.OFF) {
      end();
    } else if (recording == null || mode != next) {
      try {
        begin(next);
      } catch (IOException e) {
        end();
        throw e;
      }
    }
    return next;
  }

  private void end() throws IOException {
    mode = Mode.OFF;
    recording = null;
    interrupted = Optional.empty();
    tags.clear();
    if (hooks.isPresent()) {
      hooks.get().silence();
    }
  }

  /// The new recording is the one that is asked before it is told of anything. So nobody asks one
  /// that is not told of ends any more, which would take ended threads for collected ones. What is
  /// not told to it before [Recording#begun] is from before.
  private void begin(Mode next) throws IOException {
    BirthHooks installed = hooks();
    Recording fresh = new Recording(next == Mode.ALL, tags);
    tags.lose();
    mode = next;
    recording = fresh;
    installed.tell(fresh::started, fresh::ended);
    fresh.begun();
    interrupted.ifPresent(before -> carry(before, fresh));
    interrupted = Optional.empty();
  }

  private void carry(Recording before, Recording fresh) {
    try {
      fresh.carry(before, living.get());
    } catch (IllegalStateException _) {
      // a thread has been stopped in the midst of its start; then they are from before
    }
  }

  /// With the calls in the JDK's classes.
  private BirthHooks hooks() throws IOException {
    if (hooks.isEmpty()) {
      Recording.warmUp();
      hooks = Optional.of(BirthHooks.install(instrumentation));
    } else if (hooks.get().calls() != Calls.THERE) {
      hooks.get().putCalls(instrumentation);
    }
    if (hooks.get().calls() == Calls.LOST) {
      throw new IOException("calls that are put into the JDK's classes do not stay there");
    }
    return hooks.get();
  }

  /// What records now, which is begun anew if another agent has ended it and it is time for that.
  private @Nullable Recording current() {
    if (recording == null && mode != Mode.OFF) {
      resume();
    }
    return recording;
  }

  /// Whether `now` is the recording that is told of every start and end. If it was not, who has
  /// ended cannot be told any more: the calls are put in again, and recording begins anew.
  private synchronized Calls calls(Recording now) {
    if (recording != now || hooks.isEmpty()) {
      return Calls.LOST;
    }
    Calls calls = hooks.get().calls();
    if (calls == Calls.LOST) {
      recording = null;
      interrupted = Optional.of(now);
      tags.lose();
      resume();
    }
    return calls;
  }

  private synchronized void resume() {
    if (recording != null || mode == Mode.OFF || !repairs.mayBegin()) {
      return;
    }
    repairs.began();
    try {
      hooks.orElseThrow().silence(); // while the calls come back, nobody knows whom to tell
      begin(mode);
      if (repairs.isTold()) {
        warn("who starts threads is recorded anew");
      }
    } catch (IOException e) {
      giveUp(e);
    }
  }

  private void giveUp(IOException why) {
    warn("who starts threads is not recorded any more (" + why.getMessage() + ")");
    try {
      end();
    } catch (IOException _) {
      // nobody is asked any more
    }
  }

  private static void warn(String consequence) {
    System.err.println("groundhog: another agent has changed how threads start; " + consequence);
  }

  @Override
  public Birth of(Thread thread) {
    Recording now = recording;
    return now == null ? Birth.UNTOLD : now.of(thread);
  }

  @Override
  public Optional<BirthCounts> counts() {
    Recording now = current();
    if (now != null && calls(now) == Calls.LOST) {
      now = recording;
    }
    return Optional.ofNullable(now).map(Recording::counts);
  }

  @Override
  public Absence absence() {
    return mode == Mode.OFF ? Absence.OFF : Absence.INTERRUPTED;
  }

  @Override
  public long[] unended(Duration age) {
    Recording now = current();
    return now == null ? new long[0] : now.unended(age);
  }

  /// That all of `ids` have not ended, though no list has them, is believed only if ends were told
  /// up to now, to the recording that is asked. It suspects, and proves nothing.
  @Override
  public Collected collected(long[] ids) {
    Recording now = recording;
    if (now == null || ids.length == 0) {
      return Collected.NONE;
    }
    Map<Long, Birth> births = new LinkedHashMap<>();
    for (long id : ids) {
      now.birth(id).ifPresent(birth -> births.put(id, birth));
    }
    if (births.isEmpty() || calls(now) != Calls.THERE) {
      return Collected.NONE;
    }
    births.keySet().removeIf(id -> !now.tellCollected(id));
    births.keySet().removeIf(id -> !now.isCollected(id)); // later ones may have taken its place
    List<DumpThread> threads = new ArrayList<>();
    births.forEach((id, birth) -> threads.add(collected(id, birth)));
    long total = now.collected();
    return new Collected(threads, total > CollectedThreads.MAX ? total : threads.size());
  }

  private static DumpThread collected(long id, Birth birth) {
    return DumpThread.of(ThreadKind.VIRTUAL, CallStack.EMPTY)
        .id(id)
        .leaked(true)
        .birth(BirthRecord.RECORDED)
        .createdBy(birth.createdBy())
        .creatorId(birth.creatorId().orElseThrow())
        .age(birth.age().orElseThrow())
        .build();
  }

  /// A tag that nobody else in this JVM has.
  public int nextTag() {
    return tags.next();
  }

  /// Whoever `threadId`, a thread that is alive, starts from now on has this tag, and so have those
  /// that they start; with 0 it hands on none, nor the one that it inherited, until it ends.
  /// Threads that the JDK shares, such as the common pool's, inherit none.
  ///
  /// @throws IOException if that cannot be done, since not every start is recorded, the tag is from
  ///   before starts were missed, or too many threads have one; in one line
  public synchronized void tag(long threadId, int tag) throws IOException {
    Recording now = everything();
    Calls calls = calls(now);
    if (calls == Calls.UNKNOWN) {
      throw new IOException(UNKNOWN);
    }
    Recording told = calls == Calls.LOST ? everything() : now;
    tags.set(threadId, tag, () -> alive(told));
  }

  /// Lists threads at most once. This one is alive.
  private LongPredicate alive(Recording now) {
    List<Set<Long>> listed = new ArrayList<>();
    return id -> {
      if (id == Thread.currentThread().threadId() || now.isKnown(id)) {
        return true;
      }
      if (listed.isEmpty()) {
        listed.add(living.get());
      }
      return listed.getFirst().contains(id);
    };
  }

  /// The ids of threads with one of these tags that have not ended, by tag; without tags that no
  /// thread has.
  ///
  /// @throws IOException if that is not known for sure of all of them, in one line
  public SortedMap<Integer, SortedSet<Long>> tagged(Set<Integer> asked) throws IOException {
    Recording now = everything();
    SortedMap<Integer, SortedSet<Long>> found = now.tagged(asked);
    switch (calls(now)) { // up to the moment when they were found
      case THERE -> {}
      case LOST -> throw new IOException(MISSED);
      case UNKNOWN -> throw new IOException(UNKNOWN);
    }
    for (int tag : asked) {
      tags.requireSure(tag);
    }
    return found;
  }

  /// What records every start.
  private Recording everything() throws IOException {
    Recording now = current();
    if (now == null) {
      throw new IOException(mode == Mode.OFF ? NOBODY_RECORDS : MISSED);
    }
    if (!now.recordsAll()) {
      throw new IOException(SAMPLED);
    }
    return now;
  }
}
