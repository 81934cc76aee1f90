package dev.groundhog.dump.internal.json;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.JsonWriter;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import dev.groundhog.dump.Warning;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Writes `groundhog.dump/1`: each distinct stack once, in a table before the threads that point
/// into it, so that a reader can stream. What a thread does not have is left out.
public final class DumpJsonWriter {
  private final Dump dump;
  private final Appendable out;
  private final JsonWriter json;

  /// By identity: a dump has equal stacks once.
  private final IdentityHashMap<CallStack, Integer> stacks = new IdentityHashMap<>();

  private DumpJsonWriter(Dump dump, Appendable out) {
    this.dump = dump;
    this.out = out;
    this.json = new JsonWriter(out);
  }

  public static void write(Dump dump, Appendable out) throws IOException {
    new DumpJsonWriter(dump, out).write();
  }

  private void write() throws IOException {
    json.beginObject();
    json.name("schema").value(DumpJsonReader.SCHEMA);
    process(dump.process());
    json.name("stacks").beginArray();
    for (int row = 0; row < dump.rows(); row++) {
      DumpThread thread = dump.row(row);
      stack(thread.stack());
      stack(thread.createdBy());
    }
    json.endArray();
    json.name("threads").beginArray();
    for (int row = 0; row < dump.rows(); row++) {
      thread(dump.row(row));
    }
    json.endArray();
    json.name("warnings").beginArray();
    for (Warning warning : dump.warnings()) {
      json.onNewLine().beginObject();
      if (warning.line() > 0) {
        json.name("line").value(warning.line());
      }
      json.name("text").value(warning.text()).endObject();
    }
    json.endArray().endObject();
    out.append('\n');
  }

  private void process(ProcessInfo process) throws IOException {
    json.name("process").beginObject();
    json.name("pid").value(process.pid());
    json.name("time").value(process.time().map(Instant::toString));
    json.name("runtime").value(process.runtime());
    json.name("format").value(process.format());
    json.endObject();
  }

  /// Writes a stack unless it is empty or was written before.
  private void stack(CallStack stack) throws IOException {
    if (stack.equals(CallStack.EMPTY) || stacks.putIfAbsent(stack, stacks.size()) != null) {
      return;
    }
    json.onNewLine().beginObject().name("index").value(stacks.size() - 1L);
    if (stack.elidedAfter() >= 0) {
      json.name("elidedAfter").value(stack.elidedAfter());
      json.name("elided").value(stack.elided());
    }
    json.name("frames").beginArray();
    for (Frame frame : stack.frames()) {
      json.beginObject().name("function").value(frame.function());
      text("file", frame.file());
      if (frame.line() != Frame.UNKNOWN_LINE) {
        json.name("line").value(frame.line());
      }
      json.endObject();
    }
    json.endArray().endObject();
  }

  private void thread(DumpThread thread) throws IOException {
    json.onNewLine().beginObject();
    json.name("kind").value(thread.kind().name());
    number("id", thread.id());
    if (thread.count() != 1) {
      json.name("count").value(thread.count());
    }
    text("name", thread.name());
    text("state", thread.state() == ThreadState.UNKNOWN ? "" : thread.state().name());
    text("waitKind", thread.waitKind() == WaitKind.UNKNOWN ? "" : thread.waitKind().name());
    text("waitReason", thread.waitReason());
    seconds("waitedSeconds", thread.waiting());
    text("birth", thread.birth() == BirthRecord.UNTOLD ? "" : thread.birth().name());
    seconds("ageSeconds", thread.age());
    seconds("clientGoneSeconds", thread.clientGone());
    if (thread.blockedOn().isPresent()) {
      json.name("blockedOn");
      lock(thread.blockedOn().get());
    }
    number("blockedOnOwner", thread.blockedOnOwner());
    holds(thread);
    labels(thread);
    text("threadClass", thread.threadClass());
    text("threadGroup", thread.threadGroup());
    text("group", thread.group());
    flag("lockedToThread", thread.lockedToThread());
    flag("leaked", thread.leaked());
    flag("stranded", thread.stranded());
    number("stack", index(thread.stack()));
    number("createdBy", index(thread.createdBy()));
    number("creatorId", thread.creatorId());
    json.endObject();
  }

  private void holds(DumpThread thread) throws IOException {
    if (!thread.holds().isEmpty()) {
      json.name("holds").beginArray();
      for (LockRef lock : thread.holds()) {
        lock(lock);
      }
      json.endArray();
    }
  }

  private void labels(DumpThread thread) throws IOException {
    if (!thread.labels().isEmpty()) {
      json.name("labels").beginObject();
      for (Map.Entry<String, String> label : new TreeMap<>(thread.labels()).entrySet()) {
        json.name(label.getKey()).value(label.getValue());
      }
      json.endObject();
    }
  }

  private void lock(LockRef lock) throws IOException {
    json.beginObject().name("type").value(lock.type());
    text("identity", lock.identity());
    json.endObject();
  }

  private OptionalLong index(CallStack stack) {
    Integer index = stacks.get(stack);
    return index == null ? OptionalLong.empty() : OptionalLong.of(index);
  }

  private void text(String name, String value) throws IOException {
    if (!value.isEmpty()) {
      json.name(name).value(value);
    }
  }

  private void number(String name, OptionalLong value) throws IOException {
    if (value.isPresent()) {
      json.name(name).value(value);
    }
  }

  private void flag(String name, boolean value) throws IOException {
    if (value) {
      json.name(name).value(true);
    }
  }

  private void seconds(String name, Optional<Duration> duration) throws IOException {
    if (duration.isPresent()) {
      BigDecimal nanos = BigDecimal.valueOf(duration.get().toNanosPart(), 9);
      BigDecimal seconds = BigDecimal.valueOf(duration.get().toSeconds()).add(nanos);
      json.name(name).value(seconds.stripTrailingZeros());
    }
  }
}
