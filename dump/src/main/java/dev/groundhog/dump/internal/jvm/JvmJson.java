package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.json.JsonDump;
import dev.groundhog.dump.internal.json.JsonRows;
import dev.groundhog.dump.internal.json.JsonTokens;
import dev.groundhog.dump.internal.json.JsonTokens.Malformed;
import dev.groundhog.dump.internal.jvm.JvmThread.Wait;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// The JSON of `jcmd PID Thread.dump_to_file -format=json`, of JDK 21 to 25. JDK 21 to 24 tell
/// neither state nor locks nor which threads are virtual: there a virtual thread that has not run
/// yet, which has no frames, counts as a platform thread. Numbers come as strings or as numbers;
/// members that are not known are passed over.
public final class JvmJson implements JsonDump {
  private static final String FORMAT = "Thread.dump_to_file JSON";

  private final JsonTokens json;
  private final DumpSink sink;
  private final LockOwners threads;
  private final FrameCache frames = new FrameCache();
  private OptionalLong pid = OptionalLong.empty();
  private Optional<Instant> time = Optional.empty();
  private String runtime = "";
  private boolean begun;

  /// The container of the threads that are read.
  private String group = "";

  public JvmJson(JsonTokens json, DumpSink sink) {
    this.json = json;
    this.sink = sink;
    this.threads = new LockOwners(sink, Set.of(Wait.ENTERING));
  }

  /// Reads the value of `threadDump`.
  public void read() throws Malformed, DumpException {
    json.beginObject();
    while (json.nextMember()) {
      switch (json.name()) {
        case "processId" -> pid = JvmFacts.number(json.text());
        case "time" -> time = JvmFacts.instant(json.text());
        case "runtimeVersion" -> runtime = json.text();
        case "threadContainers" -> {
          begin();
          json.each(this::container);
        }
        default -> json.skip();
      }
    }
    begin();
  }

  @Override
  public boolean begun() {
    return begun;
  }

  @Override
  public void end(Optional<Warning> cut) {
    threads.flush();
    cut.ifPresent(sink::warning);
    sink.end();
  }

  private void begin() {
    if (!begun) {
      begun = true;
      sink.begin(new ProcessInfo(pid, time, runtime, FORMAT));
    }
  }

  private void container() throws Malformed, DumpException {
    if (!json.inObject()) {
      return;
    }
    String name = "";
    while (json.nextMember()) {
      switch (json.name()) {
        case "container" -> name = json.text();
        case "threads" -> threads(name);
        default -> json.skip();
      }
    }
  }

  /// Every thread of a container. Behind a broken one reading goes on at the next, whose container
  /// is then not known.
  private void threads(String container) throws Malformed, DumpException {
    group = container;
    new JsonRows(json, "tid", Optional.empty(), this::thread).read(this::dropped);
  }

  private void dropped(Malformed damage) {
    String resumedAt = "; read on at byte " + json.offset();
    sink.warning(new Warning(0, "a broken thread was dropped " + damage.getMessage() + resumedAt));
    group = "";
  }

  private void thread(boolean atId) throws Malformed, DumpException {
    JvmThread thread = new JvmThread();
    thread.group = group;
    if (atId) {
      thread.id = JvmFacts.number(json.text());
    }
    members(thread);
  }

  private void members(JvmThread thread) throws Malformed, DumpException {
    while (json.nextMember()) {
      switch (json.name()) {
        case "tid" -> thread.id = JvmFacts.number(json.text());
        case "name" -> thread.name = json.text();
        case "virtual" -> thread.kind = kind(json.text());
        case "state" -> thread.state = JvmFacts.state(json.text());
        case "stack" -> json.each(() -> frame(thread));
        case "blockedOn" -> waits(thread, Wait.ENTERING);
        case "waitingOn" -> waits(thread, Wait.NOTIFICATION);
        case "parkBlocker" -> waits(thread, Wait.PARKING);
        case "monitorsOwned" -> json.each(() -> monitors(thread));
        default -> json.skip();
      }
    }
    threads.thread(thread);
  }

  private static ThreadKind kind(String isVirtual) {
    return isVirtual.equals("true") ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
  }

  private void frame(JvmThread thread) throws Malformed, DumpException {
    String text = json.text();
    if (!text.isBlank()) {
      thread.frame(frames.get(text).orElseGet(() -> new Frame(text, "", Frame.UNKNOWN_LINE)));
    }
  }

  /// The object, or an object with it and its owner.
  private void waits(JvmThread thread, Wait how) throws Malformed, DumpException {
    if (json.peekValue() != '{') {
      object(thread, how);
      return;
    }
    json.beginObject();
    while (json.nextMember()) {
      switch (json.name()) {
        case "object" -> object(thread, how);
        case "owner", "exclusiveOwnerThread" -> thread.owner = JvmFacts.number(json.text());
        default -> json.skip();
      }
    }
  }

  private void object(JvmThread thread, Wait how) throws Malformed, DumpException {
    String object = json.text();
    if (!object.isEmpty()) {
      thread.waitsFor(JvmFacts.lock(object), how);
    }
  }

  private void monitors(JvmThread thread) throws Malformed, DumpException {
    if (!json.inObject()) {
      return;
    }
    while (json.nextMember()) {
      if (json.name().equals("locks")) {
        json.each(() -> held(thread));
      } else {
        json.skip();
      }
    }
  }

  /// `null` stands for a lock that the compiler has removed.
  private void held(JvmThread thread) throws Malformed, DumpException {
    String lock = json.text();
    if (!lock.isEmpty()) {
      thread.holds(JvmFacts.lock(lock));
    }
  }
}
