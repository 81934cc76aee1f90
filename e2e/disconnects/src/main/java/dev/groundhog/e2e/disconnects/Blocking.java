package dev.groundhog.e2e.disconnects;

import dev.groundhog.context.CancellableContext;
import dev.groundhog.context.Context;
import dev.groundhog.context.Registration;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// What the handlers do: nothing, until they are released or interrupted; and they say so on
/// standard output, with the time (`System.nanoTime`, which on Linux is the same in all processes).
final class Blocking {
  /// The answer of one that was not disturbed.
  static final String WORKED = "worked";

  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Map<String, BlockingQueue<String>> waiting = new ConcurrentHashMap<>();
  private final Waiters waiters = new Waiters();

  /// What is answered to the request of this id.
  String answer(String id) {
    BlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
    waiting.put(id, queue);
    say("waiting", id);
    try {
      String answer = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return answer == null ? "time is over" : answer;
    } catch (InterruptedException _) {
      say("noticed", id);
      return "cancelled";
    } finally {
      waiting.remove(id);
      say("ended", id);
    }
  }

  String release(String id) {
    BlockingQueue<String> queue = waiting.get(id);
    return queue != null && queue.offer("released") ? "one released" : "none released";
  }

  /// Takes some microseconds, as a handler does that asks others: under a deadline, with a thread
  /// of its own, and something to clean up.
  private static String work(String micros) {
    Semaphore done = new Semaphore(0);
    try (CancellableContext context = Context.current().withTimeout(PATIENCE);
        Registration _ = context.onCancel(done::release)) {
      Thread helper =
          context
              .threadFactory(Thread.ofVirtual().factory())
              .newThread(() -> LockSupport.parkNanos(Long.parseLong(micros) * 1_000));
      helper.start();
      helper.join();
      return WORKED;
    } catch (InterruptedException _) {
      return "cancelled";
    }
  }

  /// The answer to `/block?ID` and so on.
  String handle(String path, String query) {
    return switch (path) {
      case "/block" -> answer(query);
      case "/release" -> release(query);
      case "/work" -> work(query);
      case "/interrupted" -> waiters.await(query);
      case "/told" -> waiters.told();
      default -> "no such path";
    };
  }

  static void say(String what, String id) {
    System.out.println(what + " " + id + " " + System.nanoTime());
  }
}
