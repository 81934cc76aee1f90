package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.json.JsonTokens;
import dev.groundhog.dump.internal.json.JsonTokens.Malformed;
import java.io.InputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// The JSON of `jcmd PID Thread.dump_to_file -format=json`, of JDK 21 to 25. JDK 21 to 24 tell
/// neither state nor locks nor which threads are virtual. Numbers come as strings or as numbers;
/// members that are not known are passed over.
public final class JvmJson {
  private static final String FORMAT = "Thread.dump_to_file JSON";
  private static final int MAX_FRAMES = 100_000;

  private final JsonTokens json;
  private final DumpSink sink;
  private final Map<String, Frame> frames = new HashMap<>();
  private OptionalLong pid = OptionalLong.empty();
  private Optional<Instant> time = Optional.empty();
  private String runtime = "";
  private boolean begun;

  private JvmJson(InputStream input, DumpSink sink) {
    this.json = new JsonTokens(input);
    this.sink = sink;
  }

  /// Reads one dump. A broken or cut one gives every complete thread and a warning.
  ///
  /// @throws DumpException if the input is JSON of something else, or no JSON
  public static void read(InputStream input, DumpSink sink) throws DumpException {
    new JvmJson(input, sink).read();
  }

  private void read() throws DumpException {
    try {
      json.beginObject();
      while (json.nextMember()) {
        if (json.name().equals("threadDump") && json.peekValue() == '{') {
          threadDump();
        } else {
          json.skip();
        }
      }
    } catch (Malformed e) {
      if (!begun) {
        throw new DumpException(
            DumpException.Code.UNKNOWN_FORMAT, "JSON that is no thread dump: " + e.getMessage());
      }
      sink.warning(new Warning(0, "the dump is cut or broken " + e.getMessage()));
    }
    if (!begun) {
      throw new DumpException(
          DumpException.Code.UNKNOWN_FORMAT, "JSON without a \"threadDump\" of a JVM");
    }
    sink.end();
  }

  private void threadDump() throws Malformed, DumpException {
    json.beginObject();
    while (json.nextMember()) {
      switch (json.name()) {
        case "processId" -> pid = number(json.scalar());
        case "time" -> time = instant(json.scalar());
        case "runtimeVersion" -> runtime = json.scalar();
        case "threadContainers" -> {
          begin();
          json.beginArray();
          while (json.nextElement()) {
            container();
          }
        }
        default -> json.skip();
      }
    }
    begin();
  }

  private void begin() {
    if (!begun) {
      begun = true;
      sink.begin(new ProcessInfo(pid, time, runtime, FORMAT));
    }
  }

  private void container() throws Malformed, DumpException {
    String name = "";
    json.beginObject();
    while (json.nextMember()) {
      switch (json.name()) {
        case "container" -> name = json.scalar();
        case "threads" -> {
          json.beginArray();
          while (json.nextElement()) {
            thread(name);
          }
        }
        default -> json.skip();
      }
    }
  }

  private void thread(String container) throws Malformed, DumpException {
    OptionalLong id = OptionalLong.empty();
    String name = "";
    boolean virtual = false;
    ThreadState state = ThreadState.UNKNOWN;
    CallStack stack = CallStack.EMPTY;
    Optional<LockRef> blockedOn = Optional.empty();
    OptionalLong owner = OptionalLong.empty();
    List<LockRef> holds = List.of();
    json.beginObject();
    while (json.nextMember()) {
      switch (json.name()) {
        case "tid" -> id = number(json.scalar());
        case "name" -> name = json.scalar();
        case "virtual" -> virtual = json.scalar().equals("true");
        case "state" -> state = state(json.scalar());
        case "stack" -> stack = stack();
        case "blockedOn", "waitingOn" -> blockedOn = Optional.of(lock(json.scalar()));
        case "parkBlocker" -> {
          json.beginObject();
          while (json.nextMember()) {
            switch (json.name()) {
              case "object" -> blockedOn = Optional.of(lock(json.scalar()));
              case "owner", "exclusiveOwnerThread" -> owner = number(json.scalar());
              default -> json.skip();
            }
          }
        }
        case "monitorsOwned" -> holds = monitors();
        default -> json.skip();
      }
    }
    boolean isVirtual = virtual || endsInVirtualThread(stack);
    ThreadState known = state == ThreadState.UNKNOWN ? JvmWaits.infer(stack) : state;
    DumpThread.Builder thread =
        DumpThread.of(isVirtual ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM, stack)
            .name(name)
            .state(known)
            .waits(JvmWaits.classify(known, stack), "")
            .holds(holds)
            .group(container);
    id.ifPresent(thread::id);
    blockedOn.ifPresent(thread::blockedOn);
    owner.ifPresent(thread::blockedOnOwner);
    sink.thread(thread.build());
  }

  private CallStack stack() throws Malformed, DumpException {
    List<Frame> stack = new ArrayList<>();
    json.beginArray();
    while (json.nextElement()) {
      String text = json.scalar();
      if (stack.size() < MAX_FRAMES) {
        stack.add(frame(text));
      }
    }
    return stack.isEmpty() ? CallStack.EMPTY : new CallStack(stack);
  }

  private Frame frame(String text) {
    return frames.computeIfAbsent(
        text,
        t ->
            JvmFrames.parse(t)
                .orElseGet(() -> new Frame(t.isEmpty() ? "?" : t, "", Frame.UNKNOWN_LINE)));
  }

  private List<LockRef> monitors() throws Malformed, DumpException {
    List<LockRef> holds = new ArrayList<>();
    json.beginArray();
    while (json.nextElement()) {
      json.beginObject();
      while (json.nextMember()) {
        if (json.name().equals("locks") && json.peekValue() == '[') {
          json.beginArray();
          while (json.nextElement()) {
            String lock = json.scalar();
            if (!lock.equals("null")) {
              holds.add(lock(lock));
            }
          }
        } else {
          json.skip();
        }
      }
    }
    return holds;
  }

  private static boolean endsInVirtualThread(CallStack stack) {
    return !stack.frames().isEmpty()
        && stack.frames().getLast().function().equals("java.lang.VirtualThread.run");
  }

  /// `java.util.concurrent.CountDownLatch$Sync@1b2c3d`.
  static LockRef lock(String text) {
    int at = text.lastIndexOf('@');
    return at <= 0
        ? new LockRef(text, "")
        : new LockRef(text.substring(0, at), text.substring(at + 1));
  }

  /// The names of `Thread.State`; anything else is unknown.
  static ThreadState state(String text) {
    return switch (text.toUpperCase(Locale.ROOT)) {
      case "NEW" -> ThreadState.NEW;
      case "RUNNABLE" -> ThreadState.RUNNABLE;
      case "BLOCKED" -> ThreadState.BLOCKED;
      case "WAITING" -> ThreadState.WAITING;
      case "TIMED_WAITING" -> ThreadState.TIMED_WAITING;
      case "TERMINATED" -> ThreadState.TERMINATED;
      default -> ThreadState.UNKNOWN;
    };
  }

  static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException _) {
      return OptionalLong.empty();
    }
  }

  static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }
}
