package dev.groundhog.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// The `debug=2` text of a busy Go server, made up: a few hundred distinct stacks, of which few are
/// common and most are rare, in the order of nothing. As in a real dump, goroutines at equal stacks
/// differ in their id, their minutes, their creator and every argument word; a call has the same
/// `+0x` offset each time, and an inlined one has none.
final class ServerDump {
  private static final List<String> REASONS =
      List.of("select", "chan receive", "IO wait", "chan send", "sync.Cond.Wait", "sleep");
  private static final List<String> WORDS =
      List.of(
          "order", "payment", "session", "cache", "stream", "queue", "ledger", "tenant", "invoice",
          "search", "index", "replica", "shard", "token", "audit", "metric", "route", "policy");
  private static final List<String> VERBS =
      List.of("serve", "handle", "loop", "run", "wait", "read", "write", "dispatch", "fetch", "do");

  /// Where threads of a server wait, innermost first.
  private static final List<List<String>> WAITS =
      List.of(
          List.of(
              "internal/poll.runtime_pollWait|/usr/local/go/src/runtime/netpoll.go",
              "internal/poll.(*pollDesc).wait|/usr/local/go/src/internal/poll/fd_poll_runtime.go",
              "internal/poll.(*pollDesc).waitRead|/usr/local/go/src/internal/poll/fd_poll_runtime.go",
              "internal/poll.(*FD).Read|/usr/local/go/src/internal/poll/fd_unix.go",
              "net.(*netFD).Read|/usr/local/go/src/net/fd_posix.go",
              "net.(*conn).Read|/usr/local/go/src/net/net.go",
              "bufio.(*Reader).fill|/usr/local/go/src/bufio/bufio.go"),
          List.of(
              "sync.runtime_notifyListWait|/usr/local/go/src/runtime/sema.go",
              "sync.(*Cond).Wait|/usr/local/go/src/sync/cond.go"),
          List.of("time.Sleep|/usr/local/go/src/runtime/time.go"),
          List.of(),
          List.of());

  private final Random random;
  private final List<Stack> stacks = new ArrayList<>();

  /// A call: the text before its arguments, how many words they have, and what stands behind them.
  private record Call(String function, int words, String place) {}

  private record Stack(String reason, List<Call> calls, String creator, String creatorPlace) {}

  ServerDump(long seed, int distinctStacks) {
    random = new Random(seed);
    for (int i = 0; i < distinctStacks; i++) {
      stacks.add(stack());
    }
  }

  /// Writes whole goroutines until at least `bytes` are written; their number.
  long write(OutputStream out, long bytes) throws IOException {
    StringBuilder text = new StringBuilder();
    long written = 0;
    long goroutines = 0;
    while (written < bytes) {
      text.setLength(0);
      text.append(goroutines == 0 ? "" : "\n");
      goroutine(text);
      byte[] block = text.toString().getBytes(StandardCharsets.UTF_8);
      out.write(block);
      written += block.length;
      goroutines++;
    }
    return goroutines;
  }

  private void goroutine(StringBuilder text) {
    // The cube makes the first stacks common and the last ones rare.
    double skewed = random.nextDouble();
    Stack stack = stacks.get((int) (skewed * skewed * skewed * stacks.size()));
    text.append("goroutine ").append(1 + random.nextInt(90_000_000));
    text.append(" [").append(stack.reason);
    if (random.nextInt(3) > 0) {
      text.append(", ").append(1 + random.nextInt(3_000)).append(" minutes");
    }
    text.append("]:\n");
    for (Call call : stack.calls) {
      text.append(call.function).append('(');
      arguments(call.words, text);
      text.append(")\n").append(call.place).append('\n');
    }
    text.append("created by ").append(stack.creator).append(" in goroutine ");
    text.append(1 + random.nextInt(90_000_000)).append('\n').append(stack.creatorPlace);
    text.append('\n');
  }

  private void arguments(int words, StringBuilder text) {
    if (words < 0) {
      text.append("...");
    }
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : ", ").append(i % 3 == 1 ? "{0x" : "0x");
      switch (random.nextInt(4)) {
        case 0 -> text.append(Integer.toHexString(random.nextInt(256))).append('?');
        case 1 -> text.append(Integer.toHexString(0x760000 + random.nextInt(0x90000)));
        default ->
            text.append("c0").append(Integer.toHexString(0x10000000 | random.nextInt(1 << 28)));
      }
      text.append(i % 3 == 2 || (i % 3 == 1 && i == words - 1) ? "}" : "");
    }
  }

  private Stack stack() {
    List<Call> calls = new ArrayList<>();
    for (String known : WAITS.get(random.nextInt(WAITS.size()))) {
      int bar = known.indexOf('|');
      calls.add(call(known.substring(0, bar), known.substring(bar + 1)));
    }
    int own = 2 + random.nextInt(10);
    for (int i = 0; i < own; i++) {
      calls.add(ownCall());
    }
    Call creator = ownCall();
    return new Stack(any(REASONS), calls, creator.function, offset(creator.place));
  }

  private Call ownCall() {
    String service = any(WORDS);
    String part = any(WORDS);
    String type = Character.toUpperCase(part.charAt(0)) + part.substring(1);
    String closure = random.nextInt(4) == 0 ? ".func" + (1 + random.nextInt(3)) : "";
    return call(
        "github.com/example/%s/internal/%s.(*%sServer).%s%s"
            .formatted(service, part, type, any(VERBS), closure),
        "/home/build/src/%s/internal/%s/%s.go".formatted(service, part, any(VERBS)));
  }

  private Call call(String function, String file) {
    String place = "\t" + file + ":" + (10 + random.nextInt(900));
    boolean inlined = random.nextInt(8) == 0;
    return inlined
        ? new Call(function, -1, place)
        : new Call(function, random.nextInt(7), offset(place));
  }

  private String offset(String place) {
    return place.contains(" +0x")
        ? place
        : place + " +0x" + Integer.toHexString(0x10 + random.nextInt(0x600));
  }

  private String any(List<String> of) {
    return of.get(random.nextInt(of.size()));
  }
}
