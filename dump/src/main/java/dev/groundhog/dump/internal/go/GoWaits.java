package dev.groundhog.dump.internal.go;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a goroutine waits for, the same for every version of Go. Go 1.19 and older say `semacquire`
/// for every lock and wait group alike, and profiles say nothing at all: there the functions of
/// package `sync` or of the runtime on the stack decide.
final class GoWaits {
  private static final Map<String, WaitKind> REASONS =
      Map.ofEntries(
          Map.entry("chan receive", WaitKind.CHANNEL_RECEIVE),
          Map.entry("chan send", WaitKind.CHANNEL_SEND),
          Map.entry("select", WaitKind.SELECT),
          Map.entry("chan receive (nil chan)", WaitKind.FOREVER),
          Map.entry("chan send (nil chan)", WaitKind.FOREVER),
          Map.entry("select (no cases)", WaitKind.FOREVER),
          Map.entry("sync.Mutex.Lock", WaitKind.MUTEX),
          Map.entry("sync.RWMutex.RLock", WaitKind.READ_LOCK),
          Map.entry("sync.RWMutex.Lock", WaitKind.WRITE_LOCK),
          Map.entry("sync.WaitGroup.Wait", WaitKind.LATCH),
          Map.entry("sync.Cond.Wait", WaitKind.CONDITION),
          Map.entry("semacquire", WaitKind.SEMAPHORE),
          Map.entry("sleep", WaitKind.SLEEP),
          Map.entry("IO wait", WaitKind.IO),
          Map.entry("coroutine", WaitKind.CONDITION),
          Map.entry("synctest.Run", WaitKind.LATCH),
          Map.entry("synctest.Wait", WaitKind.LATCH));

  private record Sign(String function, WaitKind kind) {}

  /// Functions that tell what a semaphore stands for. `Once` holds a mutex, and a writer of a
  /// `RWMutex` too: the outermost of them on the stack says it best, so all are looked for in this
  /// order.
  private static final List<Sign> SYNC =
      List.of(
          new Sign("sync.(*Once).doSlow", WaitKind.ONCE),
          new Sign("sync.(*Once).Do", WaitKind.ONCE),
          new Sign("sync.(*RWMutex).RLock", WaitKind.READ_LOCK),
          new Sign("sync.(*RWMutex).Lock", WaitKind.WRITE_LOCK),
          new Sign("sync.(*WaitGroup).Wait", WaitKind.LATCH),
          new Sign("sync.(*Mutex).Lock", WaitKind.MUTEX),
          new Sign("sync.(*Mutex).lockSlow", WaitKind.MUTEX),
          new Sign("internal/sync.(*Mutex).lockSlow", WaitKind.MUTEX),
          // Behind the mutex: a wait that was signalled takes its lock again.
          new Sign("sync.(*Cond).Wait", WaitKind.CONDITION));

  /// Beside those that begin with `GC `.
  private static final Set<String> RUNTIME_REASONS =
      Set.of(
          "garbage collection",
          "garbage collection scan",
          "dumping heap",
          "finalizer wait",
          "cleanup wait",
          "force gc (idle)",
          "timer goroutine (idle)",
          "GOMAXPROCS updater (idle)",
          "panicwait",
          "trace reader (blocked)",
          "trace goroutine status",
          "trace proc status",
          "page trace flush",
          "wait for GC cycle",
          "debug call",
          "stopping the world",
          "flushing proc caches");

  /// Functions that tell what a goroutine does where the runtime gives no reason.
  private static final List<Sign> RUNTIME =
      List.of(
          new Sign("runtime.chanrecv", WaitKind.CHANNEL_RECEIVE),
          new Sign("runtime.chanrecv1", WaitKind.CHANNEL_RECEIVE),
          new Sign("runtime.chanrecv2", WaitKind.CHANNEL_RECEIVE),
          new Sign("runtime.chansend", WaitKind.CHANNEL_SEND),
          new Sign("runtime.chansend1", WaitKind.CHANNEL_SEND),
          new Sign("runtime.selectgo", WaitKind.SELECT),
          new Sign("runtime.block", WaitKind.FOREVER),
          new Sign("os/signal.signal_recv", WaitKind.RUNTIME),
          new Sign("syscall.wait4", WaitKind.PROCESS),
          new Sign("time.Sleep", WaitKind.SLEEP),
          new Sign("runtime.netpollblock", WaitKind.IO),
          new Sign("internal/poll.runtime_pollWait", WaitKind.IO),
          new Sign("runtime.bgsweep", WaitKind.RUNTIME),
          new Sign("runtime.bgscavenge", WaitKind.RUNTIME),
          new Sign("runtime.forcegchelper", WaitKind.RUNTIME),
          new Sign("runtime.runfinq", WaitKind.RUNTIME),
          new Sign("runtime.gcBgMarkWorker", WaitKind.RUNTIME),
          new Sign("syscall.Syscall", WaitKind.IO),
          new Sign("syscall.Syscall6", WaitKind.IO),
          new Sign("syscall.read", WaitKind.IO),
          new Sign("runtime.Gosched", WaitKind.NONE),
          new Sign("runtime/pprof.runtime_goroutineProfileWithLabels", WaitKind.NONE));

  private static final List<String> LIBRARY =
      List.of("sync.", "runtime.", "runtime/", "internal/", "time.", "syscall.", "os.", "os/");

  private static final String DURABLE = " (durable)";
  private static final int MAX_DEPTH = 12;

  private GoWaits() {}

  /// The state for a reason as a traceback writes it, without `(leaked)` and `(scan)`.
  static ThreadState state(String reason) {
    return switch (reason) {
      case "running" -> ThreadState.RUNNING;
      case "runnable", "idle", "preempted", "copystack" -> ThreadState.RUNNABLE;
      case "syscall", "waiting for cgo callback" -> ThreadState.SYSCALL;
      case "dead" -> ThreadState.TERMINATED;
      case "sleep" -> ThreadState.TIMED_WAITING;
      case "", "???" -> ThreadState.UNKNOWN;
      default -> ThreadState.WAITING;
    };
  }

  /// The kind for a reason as a traceback writes it, without `(leaked)` and `(scan)`.
  static WaitKind kind(String reason, CallStack stack) {
    return switch (state(reason)) {
      case RUNNING, RUNNABLE, TERMINATED -> WaitKind.NONE;
      case SYSCALL -> match(RUNTIME, stack, WaitKind.IO);
      case UNKNOWN -> byFrames(stack);
      default -> waiting(withoutDurable(reason), stack);
    };
  }

  /// The kind where the format has no reason.
  static WaitKind byFrames(CallStack stack) {
    WaitKind sync = match(SYNC, stack, WaitKind.UNKNOWN);
    return sync != WaitKind.UNKNOWN ? sync : match(RUNTIME, stack, WaitKind.UNKNOWN);
  }

  private static WaitKind waiting(String reason, CallStack stack) {
    WaitKind told = REASONS.get(reason);
    if (told == null) {
      return isRuntimes(reason) ? WaitKind.RUNTIME : byFrames(stack);
    }
    return switch (told) {
      case SEMAPHORE, MUTEX, WRITE_LOCK, READ_LOCK -> match(SYNC, stack, told);
      default -> told;
    };
  }

  private static boolean isRuntimes(String reason) {
    return reason.startsWith("GC ") || RUNTIME_REASONS.contains(reason);
  }

  private static String withoutDurable(String reason) {
    return reason.endsWith(DURABLE)
        ? reason.substring(0, reason.length() - DURABLE.length())
        : reason;
  }

  private static WaitKind match(List<Sign> signs, CallStack stack, WaitKind otherwise) {
    List<Frame> frames = stack.frames();
    for (Sign sign : signs) {
      for (int i = 0; i < Math.min(MAX_DEPTH, frames.size()); i++) {
        String function = frames.get(i).function();
        if (function.equals(sign.function)) {
          return sign.kind;
        }
        // The program's own code ends what says how this very wait came about.
        if (LIBRARY.stream().noneMatch(function::startsWith)) {
          break;
        }
      }
    }
    return otherwise;
  }
}
