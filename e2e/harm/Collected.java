import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.atomic.AtomicLong;

/// The tests of collections.
final class Collected {
  private static final int THREADS = 6;
  private static final int EACH = 300;
  private static final int END = -1;

  private Collected() {}

  static void add(Map<String, Suite.Test> tests) {
    tests.put("hash map", random -> counted(new ConcurrentHashMap<>(), random));
    tests.put("skip list map", random -> counted(new ConcurrentSkipListMap<>(), random));
    tests.put("linked queue", _ -> all(new ConcurrentLinkedQueue<>()));
    tests.put("linked deque", _ -> all(new ConcurrentLinkedDeque<>()));
    tests.put("both ends", _ -> bothEnds(new ConcurrentLinkedDeque<>()));
    tests.put("copy on write", _ -> copied());
    tests.put("linked blocking queue", _ -> passed(new LinkedBlockingQueue<>(7), true));
    tests.put("array blocking queue", _ -> passed(new ArrayBlockingQueue<>(7), true));
    tests.put("blocking deque", _ -> passed(new LinkedBlockingDeque<>(7), true));
    tests.put("transfer queue", _ -> passed(new LinkedTransferQueue<>(), true));
    tests.put("synchronous queue", _ -> passed(new SynchronousQueue<>(true), true));
    tests.put("priority queue", _ -> passed(new PriorityBlockingQueue<>(), false));
  }

  /// Each key is counted as often as it was drawn, by all threads.
  private static long counted(ConcurrentMap<Integer, Long> map, Random random) throws Exception {
    List<Integer> drawn = random.ints(EACH, 0, 50).boxed().toList();
    Suite.join(
        Suite.start(THREADS, _ -> drawn.forEach(key -> map.merge(key, 1L, Long::sum))));
    long sum = map.values().stream().mapToLong(each -> each).sum();
    Suite.check(sum == (long) THREADS * EACH, "a map has counted " + sum);
    map.forEach(
        (key, count) ->
            Suite.check(
                count == (long) THREADS * Collections.frequency(drawn, key), "a map has " + map));
    return map.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .mapToLong(each -> each.getKey() * each.getValue())
        .reduce(0, (before, each) -> 31 * before + each);
  }

  /// What is offered is polled once, by whomever.
  private static long all(Queue<Integer> queue) throws Exception {
    Set<Integer> polled = ConcurrentHashMap.newKeySet();
    AtomicLong count = new AtomicLong();
    Suite.join(
        Suite.start(
            THREADS,
            number -> {
              for (int i = 0; i < EACH; i++) {
                queue.offer(number * EACH + i);
                polled.add(queue.remove());
                count.incrementAndGet();
              }
            }));
    Suite.check(queue.isEmpty() && polled.size() == count.get(), "a queue has lost something");
    return polled.stream().mapToLong(each -> each).sum();
  }

  private static long bothEnds(Deque<Integer> deque) throws Exception {
    Suite.join(
        Suite.start(
            THREADS,
            number -> {
              for (int i = 0; i < EACH; i++) {
                if (number % 2 == 0) {
                  deque.addFirst(i);
                } else {
                  deque.addLast(i);
                }
              }
            }));
    Suite.check(deque.size() == THREADS * EACH, "a deque has " + deque.size());
    return deque.stream().mapToLong(each -> each).sum();
  }

  private static long copied() throws Exception {
    List<Integer> list = new CopyOnWriteArrayList<>();
    Suite.join(
        Suite.start(
            THREADS,
            number -> {
              for (int i = 0; i < EACH / 10; i++) {
                list.add(number);
              }
            }));
    return list.stream().sorted().reduce(7, (before, each) -> 31 * before + each);
  }

  /// Two pairs pass on numbers; where it has an order, each consumer sees those of one producer in
  /// it.
  private static long passed(BlockingQueue<Integer> queue, boolean isOrdered) throws Exception {
    AtomicLong sum = new AtomicLong();
    Set<Integer> all = Collections.synchronizedSet(new HashSet<>());
    Suite.join(
        Suite.start(
            4,
            number -> {
              if (number < 2) {
                for (int i = 0; i < EACH; i++) {
                  queue.put(number * EACH + i);
                }
                if (isOrdered) {
                  queue.put(END);
                }
              } else {
                take(queue, isOrdered, sum, all);
              }
            }));
    Suite.check(all.size() == 2 * EACH, "a queue has passed on " + all.size());
    return sum.get();
  }

  private static void take(
      BlockingQueue<Integer> queue, boolean isOrdered, AtomicLong sum, Set<Integer> all)
      throws InterruptedException {
    List<Integer> last = new ArrayList<>(List.of(END, END));
    for (int i = 0; isOrdered || i < EACH; i++) {
      int taken = queue.take();
      if (taken == END) {
        return;
      }
      Suite.check(!isOrdered || last.set(taken / EACH, taken) < taken, "a queue changed the order");
      all.add(taken);
      sum.addAndGet(taken);
    }
  }
}
