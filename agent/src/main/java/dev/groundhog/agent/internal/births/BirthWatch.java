package dev.groundhog.agent.internal.births;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.endpoint.BirthCounts;
import dev.groundhog.endpoint.BirthSource;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private final Instrumentation instrumentation;
  private final Tags tags = new Tags();
  private Optional<BirthHooks> hooks = Optional.empty();

  /// Whether somebody has taken our calls out of the JDK's classes once.
  private boolean wereLost;

  /// Null while nothing is recorded.
  private volatile @Nullable Recording recording;

  public BirthWatch(Instrumentation instrumentation) {
    this.instrumentation = instrumentation;
  }

  /// Records as `mode` says from now on; what was recorded in another mode is forgotten, and its
  /// threads are from before. What threads were told to hand on stays, unless nothing is recorded
  /// any more. Once somebody has worked with tags while all was recorded, a sample is no longer
  /// taken instead: tests that run would not find what they have started.
  ///
  /// @throws IOException if this JVM differs from what is known, in one line; nothing is recorded
  public synchronized void use(Mode mode) throws IOException {
    Recording now = recording;
    if (mode == Mode.OFF) {
      end();
    } else if (now == null || now.recordsAll() != (mode == Mode.ALL)) {
      if (now == null || !now.recordsAll() || !tags.areUsed()) {
        begin(mode);
      }
    }
  }

  private void end() throws IOException {
    recording = null;
    if (hooks.isPresent()) {
      hooks.get().silence();
    }
    tags.clear();
  }

  /// The new recording is the one that is asked before it is told of anything. So nobody asks one
  /// that is not told of ends any more, which would take ended threads for collected ones. What is
  /// not told to it before [Recording#begun] is from before.
  private void begin(Mode mode) throws IOException {
    BirthHooks installed = hooks();
    Recording fresh = new Recording(mode == Mode.ALL, tags);
    recording = fresh;
    try {
      installed.tell(fresh::started, fresh::ended);
    } catch (IOException e) {
      recording = null;
      throw e;
    }
    fresh.begun();
  }

  private BirthHooks hooks() throws IOException {
    if (hooks.isEmpty()) {
      Recording.warmUp();
      hooks = Optional.of(BirthHooks.install(instrumentation));
    } else if (!hooks.get().work()) {
      hooks.get().putCalls(instrumentation);
    }
    return hooks.get();
  }

  /// Whether `now` is the recording that is told of every start and end. If it was not, who has
  /// ended cannot be told any more: the calls are put in again once, and recording begins anew.
  private synchronized boolean isTold(Recording now) {
    if (recording != now || hooks.isEmpty()) {
      return false;
    }
    if (hooks.get().work()) {
      return true;
    }
    try {
      if (wereLost) {
        end();
        warn("who starts threads is not recorded any more");
      } else {
        wereLost = true;
        recording = null;
        hooks.get().silence();
        begin(now.recordsAll() ? Mode.ALL : Mode.SAMPLE);
        warn("who starts threads is recorded anew");
      }
    } catch (IOException e) {
      warn("who starts threads is not recorded any more (" + e.getMessage() + ")");
    }
    return false;
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
    Recording now = recording;
    if (now != null && !isTold(now)) {
      now = recording;
    }
    return Optional.ofNullable(now).map(Recording::counts);
  }

  @Override
  public long[] unended(Duration age) {
    Recording now = recording;
    return now == null ? new long[0] : now.unended(age);
  }

  /// That all of `ids` have not ended, though no list has them, is believed only if ends were told
  /// up to now, to the recording that is asked. It suspects, and proves nothing.
  @Override
  public List<DumpThread> collected(long[] ids) {
    Recording now = recording;
    if (now == null || ids.length == 0) {
      return List.of();
    }
    Map<Long, Birth> births = new LinkedHashMap<>();
    for (long id : ids) {
      now.birth(id).ifPresent(birth -> births.put(id, birth));
    }
    if (births.isEmpty() || !isTold(now)) {
      return List.of();
    }
    return births.entrySet().stream()
        .filter(each -> now.tellCollected(each.getKey()))
        .map(each -> collected(each.getKey(), each.getValue()))
        .toList();
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

  /// Whoever `threadId` starts from now on has this tag, and so have those that they start; with 0
  /// it hands on none, nor the one that it inherited, until it ends. Threads that the JDK shares,
  /// such as the common pool's, inherit none. Does nothing while nothing is recorded.
  public void tag(long threadId, int tag) {
    if (recording != null) {
      tags.set(threadId, tag);
    }
  }

  /// The ids of recorded threads with this tag that have not ended.
  public long[] tagged(int tag) {
    Recording now = recording;
    return now == null ? new long[0] : now.tagged(tag);
  }
}
