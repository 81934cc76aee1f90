import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A test suite of the JDK's collections, executors, locks, scopes and timers, each of whose tests
/// computes a number that is the same each time. It runs over and over while proofs are made, one
/// after the other, and tells each test's numbers, and then how many were made: `java Suite
/// PROOFS`, with the URL of the agent on the standard input, or nothing there to run each test as
/// often as it has to be. Ends with 1 if a number differs from an earlier one, or a test fails.
public final class Suite {
  /// Each test has so many forms, each of which runs at least once.
  private static final int FORMS = 5;

  private static final int HANG_SECONDS = 120;

  private static final AtomicInteger WRONG = new AtomicInteger();
  private static final AtomicLong RUNS = new AtomicLong();

  private Suite() {}

  /// Computes the same number for the same random ones.
  @FunctionalInterface
  interface Test {
    long run(Random random) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    String url = new String(System.in.readAllBytes(), StandardCharsets.UTF_8).trim();
    Map<String, Test> tests = new LinkedHashMap<>();
    Collected.add(tests);
    Executed.add(tests);
    Locked.add(tests);
    Timed.add(tests);
    Map<String, Long> numbers = new ConcurrentHashMap<>();
    CountDownLatch end = new CountDownLatch(url.isEmpty() ? 0 : 1);
    ExecutorService threads = Executors.newFixedThreadPool(tests.size());
    List<Future<?>> running = new ArrayList<>();
    tests.forEach(
        (name, test) -> running.add(threads.submit(() -> repeat(name, test, numbers, end))));
    long proofs = url.isEmpty() ? 0 : prove(url, Integer.parseInt(args[0]));
    end.countDown();
    for (Future<?> each : running) {
      await(each);
    }
    threads.close();
    tests.keySet().forEach(name -> System.out.println(name + ' ' + line(name, numbers)));
    System.err.println("proofs " + proofs + " tests " + tests.size() + " runs " + RUNS);
    System.exit(WRONG.get() == 0 ? 0 : 1);
  }

  private static void await(Future<?> each) throws InterruptedException {
    try {
      each.get(HANG_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      wrong("a test fails: " + e.getCause());
    } catch (TimeoutException e) {
      System.out.println("WRONG: a test hangs");
      System.exit(1);
    }
  }

  private static String line(String name, Map<String, Long> numbers) {
    StringBuilder line = new StringBuilder();
    for (int form = 0; form < FORMS; form++) {
      line.append(form == 0 ? "" : " ").append(numbers.get(name + form));
    }
    return line.toString();
  }

  private static long prove(String url, int proofs) throws IOException {
    URI profile = URI.create(url + "/debug/pprof/goroutineleak?debug=1");
    for (int i = 0; i < proofs; i++) {
      HttpURLConnection connection = (HttpURLConnection) profile.toURL().openConnection();
      if (connection.getResponseCode() != 200) {
        wrong("a proof is answered with " + connection.getResponseCode());
      } else {
        connection.getInputStream().readAllBytes();
      }
    }
    return proofs;
  }

  private static Object repeat(
      String name, Test test, Map<String, Long> numbers, CountDownLatch end) throws Exception {
    for (int run = 0; run < FORMS || end.getCount() > 0; run++) {
      int form = run % FORMS;
      long number = test.run(new Random(form));
      Long before = numbers.putIfAbsent(name + form, number);
      if (before != null && before != number) {
        wrong(name + " in form " + form + " is " + number + ", was " + before);
      }
      RUNS.incrementAndGet();
    }
    return name;
  }

  private static void wrong(String what) {
    WRONG.incrementAndGet();
    System.out.println("WRONG: " + what);
  }

  /// @throws IllegalStateException if it is not so
  static void check(boolean isSo, String what) {
    if (!isSo) {
      throw new IllegalStateException(what);
    }
  }

  /// Waits for them to end.
  static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      check(thread.join(java.time.Duration.ofSeconds(HANG_SECONDS / 2)), "hangs: " + thread);
    }
  }

  /// Virtual and platform ones by turns, which run `body` with their number.
  static List<Thread> start(int count, Body body) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      Thread.Builder builder = i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform();
      threads.add(builder.start(() -> run(body, number)));
    }
    return threads;
  }

  private static void run(Body body, int number) {
    try {
      body.run(number);
    } catch (Exception e) {
      wrong("a thread fails: " + e);
    }
  }

  /// What one of several threads does.
  @FunctionalInterface
  interface Body {
    void run(int number) throws Exception;
  }
}
