package dev.groundhog.dump.internal.json;

import dev.groundhog.dump.BirthRecord;
import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpSink;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import dev.groundhog.dump.Warning;
import dev.groundhog.dump.internal.json.JsonTokens.Malformed;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Reads `groundhog.dump/1`, as `docs/dump-json.md` describes it. Members that are not known are
/// passed over, so that a later writer may add some; a value of a later version for a state or a
/// kind of wait counts as unknown. A stack that was lost leaves its threads without one.
public final class DumpJsonReader implements JsonDump {
  public static final String SCHEMA = "groundhog.dump/1";

  /// What the schemas of all versions begin with.
  public static final String ANY_SCHEMA = "groundhog.dump/";

  private static final int MAX_FRAMES = 10_000;

  /// Of locks held and of labels; of more a thread keeps these.
  private static final int MAX_OF_A_THREAD = 10_000;

  private static final BigDecimal NANOSECOND = BigDecimal.valueOf(1, 9);
  private static final BigDecimal MAX_SECONDS =
      BigDecimal.valueOf(Long.MAX_VALUE).add(BigDecimal.valueOf(999_999_999, 9));

  private final JsonTokens json;
  private final DumpSink sink;
  private final Map<Frame, Frame> frames = new HashMap<>();
  private final Map<Long, CallStack> stacks = new HashMap<>();
  private long nextStack;
  private ProcessInfo process =
      new ProcessInfo(OptionalLong.empty(), Optional.empty(), "", "unknown");
  private boolean isOurs;
  private boolean begun;
  private long withoutStack;

  public DumpJsonReader(JsonTokens json, DumpSink sink) {
    this.json = json;
    this.sink = sink;
  }

  /// Goes on in an object whose schema has been read and is ours.
  public void resumeBehindSchema() {
    isOurs = true;
  }

  /// Reads the value of one member of the object, and passes over those that are not ours; whether
  /// the object is known to be a dump of ours.
  public boolean member(String name) throws Malformed, DumpException {
    switch (name) {
      case "schema" -> schema();
      case "process" -> process();
      case "stacks" -> {
        if (isOurs) {
          stacks();
        } else {
          json.skip();
        }
      }
      case "threads" -> {
        if (isOurs) {
          threads();
        } else {
          json.skip();
        }
      }
      case "warnings" -> json.each(this::warning);
      default -> json.skip();
    }
    return isOurs;
  }

  @Override
  public boolean begun() {
    return begun;
  }

  @Override
  public void end(Optional<Warning> cut) {
    begin();
    if (withoutStack > 0) {
      sink.warning(new Warning(0, "the stacks of " + withoutStack + " threads were lost"));
    }
    cut.ifPresent(sink::warning);
    sink.end();
  }

  private void begin() {
    if (!begun) {
      begun = true;
      sink.begin(process);
    }
  }

  private void schema() throws Malformed, DumpException {
    String schema = json.text();
    if (schema.equals(SCHEMA)) {
      isOurs = true;
    } else if (schema.startsWith(ANY_SCHEMA)) {
      throw new DumpException(
          DumpException.Code.UNKNOWN_FORMAT,
          "the schema is "
              + schema.substring(0, Math.min(schema.length(), 40))
              + ", and this version reads "
              + SCHEMA
              + ": use the version that wrote it");
    }
  }

  private void process() throws Malformed, DumpException {
    if (!json.inObject()) {
      return;
    }
    OptionalLong pid = OptionalLong.empty();
    Optional<Instant> time = Optional.empty();
    String runtime = "";
    String format = "";
    while (json.nextMember()) {
      switch (json.name()) {
        case "pid" -> pid = number();
        case "time" -> time = instant(json.text());
        case "runtime" -> runtime = json.text();
        case "format" -> format = json.text();
        default -> json.skip();
      }
    }
    process = new ProcessInfo(pid, time, runtime, format);
  }

  private void stacks() throws Malformed, DumpException {
    JsonRows rows = new JsonRows(json, "index", Optional.of("threads"), this::stack);
    if (rows.read(e -> dropped("stack", e)) == JsonRows.End.BEHIND) {
      threads();
    }
  }

  private void stack(boolean resumed) throws Malformed, DumpException {
    List<Frame> read = new ArrayList<>();
    long index = resumed ? number().orElse(nextStack) : nextStack;
    long elidedAfter = -1;
    long elided = 0;
    while (json.nextMember()) {
      switch (json.name()) {
        case "index" -> index = number().orElse(nextStack);
        case "elidedAfter" -> elidedAfter = number().orElse(-1);
        case "elided" -> elided = number().orElse(0);
        case "frames" -> json.each(() -> read.add(frame(read.size())));
        default -> json.skip();
      }
    }
    boolean hasGap = elidedAfter >= 0 && elidedAfter <= read.size() && elided >= -1 && elided != 0;
    int gap = (int) Math.min(elided, Integer.MAX_VALUE);
    stacks.put(index, hasGap ? new CallStack(read, (int) elidedAfter, gap) : new CallStack(read));
    nextStack = index + 1;
  }

  private Frame frame(int index) throws Malformed, DumpException {
    String function = "";
    String file = "";
    long line = Frame.UNKNOWN_LINE;
    if (index >= MAX_FRAMES) {
      throw json.malformed("a stack of more than " + MAX_FRAMES + " frames");
    }
    if (json.peekValue() != '{') {
      throw json.malformed("a frame is an object");
    }
    json.beginObject();
    while (json.nextMember()) {
      switch (json.name()) {
        case "function" -> function = json.text();
        case "file" -> file = json.text();
        case "line" -> line = number().orElse(Frame.UNKNOWN_LINE);
        default -> json.skip();
      }
    }
    if (function.isEmpty() || line < Frame.NATIVE || line > Integer.MAX_VALUE) {
      throw json.malformed("a frame needs a function, and a line of at least " + Frame.NATIVE);
    }
    return frames.computeIfAbsent(new Frame(function, file, (int) line), fresh -> fresh);
  }

  private void threads() throws Malformed, DumpException {
    begin();
    new JsonRows(json, "kind", Optional.empty(), this::thread).read(e -> dropped("thread", e));
  }

  private void dropped(String what, Malformed damage) {
    begin();
    String resumedAt = "; read on at byte " + json.offset();
    String text = "a broken " + what + " was dropped " + damage.getMessage() + resumedAt;
    sink.warning(new Warning(0, text));
  }

  private Optional<ThreadKind> kind() throws Malformed, DumpException {
    return constant(ThreadKind.class, json.text());
  }

  private void thread(boolean resumed) throws Malformed, DumpException {
    ThreadFacts facts = new ThreadFacts();
    if (resumed) {
      facts.kind = kind();
    }
    while (json.nextMember()) {
      switch (json.name()) {
        case "kind" -> facts.kind = kind();
        case "id" -> facts.id = number();
        case "count" -> facts.count = number();
        case "name" -> facts.name = json.text();
        case "state" ->
            facts.state = constant(ThreadState.class, json.text()).orElse(ThreadState.UNKNOWN);
        case "waitKind" ->
            facts.waitKind = constant(WaitKind.class, json.text()).orElse(WaitKind.UNKNOWN);
        case "waitReason" -> facts.waitReason = json.text();
        case "waitedSeconds" -> facts.waiting = seconds();
        case "birth" ->
            facts.birth = constant(BirthRecord.class, json.text()).orElse(BirthRecord.UNTOLD);
        case "ageSeconds" -> facts.age = seconds();
        case "clientGoneSeconds" -> facts.clientGone = seconds();
        case "blockedOn" -> facts.blockedOn = lock();
        case "blockedOnOwner" -> facts.blockedOnOwner = number();
        case "holds" -> holds(facts.holds);
        case "labels" -> labels(facts.labels);
        case "threadClass" -> facts.threadClass = json.text();
        case "threadGroup" -> facts.threadGroup = json.text();
        case "group" -> facts.group = json.text();
        case "lockedToThread" -> facts.lockedToThread = json.text().equals("true");
        case "leaked" -> facts.leaked = json.text().equals("true");
        case "stranded" -> facts.stranded = json.text().equals("true");
        case "stack" -> facts.stack = stackAt(number());
        case "createdBy" -> facts.createdBy = stackAt(number());
        case "creatorId" -> facts.creatorId = number();
        default -> json.skip();
      }
    }
    sink.thread(facts.build().orElseThrow(() -> json.malformed("a thread without kind or count")));
  }

  private CallStack stackAt(OptionalLong index) {
    if (index.isEmpty()) {
      return CallStack.EMPTY;
    }
    CallStack stack = stacks.get(index.getAsLong());
    if (stack == null) {
      withoutStack++;
      return CallStack.EMPTY;
    }
    return stack;
  }

  private Optional<LockRef> lock() throws Malformed, DumpException {
    if (!json.inObject()) {
      return Optional.empty();
    }
    String type = "";
    String identity = "";
    while (json.nextMember()) {
      switch (json.name()) {
        case "type" -> type = json.text();
        case "identity" -> identity = json.text();
        default -> json.skip();
      }
    }
    return Optional.of(new LockRef(type, identity));
  }

  private void labels(Map<String, String> labels) throws Malformed, DumpException {
    if (!json.inObject()) {
      return;
    }
    long dropped = 0;
    while (json.nextMember()) {
      String name = json.name();
      if (labels.size() < MAX_OF_A_THREAD) {
        labels.put(name, json.text());
      } else {
        json.skip();
        dropped++;
      }
    }
    notKept(dropped, "labels");
  }

  private void holds(List<LockRef> holds) throws Malformed, DumpException {
    long[] dropped = {0};
    json.each(() -> {
      Optional<LockRef> lock = lock();
      if (holds.size() < MAX_OF_A_THREAD) {
        lock.ifPresent(holds::add);
      } else {
        dropped[0]++;
      }
    });
    notKept(dropped[0], "locks");
  }

  private void notKept(long dropped, String what) {
    if (dropped > 0) {
      String text = dropped + " " + what + " of a thread were not kept, at byte " + json.offset();
      sink.warning(new Warning(0, text));
    }
  }

  private void warning() throws Malformed, DumpException {
    if (!json.inObject()) {
      return;
    }
    long line = 0;
    String text = "";
    while (json.nextMember()) {
      switch (json.name()) {
        case "line" -> line = number().orElse(0);
        case "text" -> text = json.text();
        default -> json.skip();
      }
    }
    if (begun && !text.isEmpty()) {
      sink.warning(new Warning(Math.max(0, line), text));
    }
  }

  private OptionalLong number() throws Malformed, DumpException {
    String digits = json.text();
    try {
      return digits.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(digits));
    } catch (NumberFormatException _) {
      throw json.malformed("'" + digits + "' is no whole number");
    }
  }

  private Optional<Duration> seconds() throws Malformed, DumpException {
    String digits = json.text();
    if (digits.isEmpty()) {
      return Optional.empty();
    }
    try {
      BigDecimal seconds = new BigDecimal(digits);
      if (seconds.signum() >= 0
          && seconds.precision() - seconds.scale() <= 19
          && seconds.compareTo(MAX_SECONDS) <= 0) {
        // Less than can be told; 1e-2000000000 must not be written out.
        if (seconds.compareTo(NANOSECOND) < 0) {
          return Optional.of(Duration.ZERO);
        }
        BigDecimal whole = seconds.setScale(0, RoundingMode.DOWN);
        long nanos = seconds.subtract(whole).movePointRight(9).longValue();
        return Optional.of(Duration.ofSeconds(whole.longValue(), nanos));
      }
    } catch (NumberFormatException _) {
      // told below
    }
    throw json.malformed("'" + digits + "' is no number of seconds");
  }

  private static Optional<Instant> instant(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeException _) {
      return Optional.empty();
    }
  }

  private static <E extends Enum<E>> Optional<E> constant(Class<E> type, String name) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return Optional.of(constant);
      }
    }
    return Optional.empty();
  }
}
