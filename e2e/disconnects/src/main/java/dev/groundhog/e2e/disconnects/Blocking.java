package dev.groundhog.e2e.disconnects;

import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// What the handlers do: nothing, until they are released or interrupted; and they say so on
/// standard output, with the time (`System.nanoTime`, which on Linux is the same in all processes).
final class Blocking {
  private static final int MAX_SECONDS = 60;

  private final Map<String, BlockingQueue<String>> waiting = new ConcurrentHashMap<>();

  /// What is answered to the request of this id.
  String answer(String id) {
    BlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
    waiting.put(id, queue);
    say("waiting", id);
    try {
      String answer = queue.poll(MAX_SECONDS, TimeUnit.SECONDS);
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

  /// The answer to `/block?ID` and `/release?ID`.
  String handle(String path, String query) {
    return switch (path) {
      case "/block" -> answer(query);
      case "/release" -> release(query);
      default -> "no such path";
    };
  }

  static void say(String what, String id) {
    System.out.println(what + " " + id + " " + System.nanoTime());
  }
}
