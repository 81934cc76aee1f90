import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// A server whose handlers follow what nobody writes, after their clients have left: each waits in a
/// queue that it alone holds, with a buffer, and counts in a `finally` block that it ended. Beside
/// them 1,000 threads of an executor wait until they are interrupted, as its shutdown does.
/// Connections come from this program itself.
///
/// Every second it tells `started N finished N untouched N used MIB`; in the end it accepts no more,
/// collects until all handlers have ended or a minute is over, and tells `end started N finished
/// N untouched N`, then `shutdown N`: how many of the waiting threads the shutdown has ended.
///
/// `java LeakyServer PER_SECOND SECONDS`.
public final class LeakyServer {
  private static final int WAITING = 1_000;
  private static final int BUFFER = 8_192;
  private static final int GARBAGE = 100_000;
  private static final long COLLECT_MILLIS = 1_500;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final ExecutorService EXECUTOR = Executors.newVirtualThreadPerTaskExecutor();
  private static final AtomicLong STARTED = new AtomicLong();
  private static final AtomicLong FINISHED = new AtomicLong();
  private static final AtomicLong INTERRUPTED = new AtomicLong();

  /// What a request leaves behind for the collector.
  private static volatile byte[] garbage = {};

  private LeakyServer() {}

  public static void main(String[] args) throws Exception {
    int perSecond = Integer.parseInt(args[0]);
    int seconds = Integer.parseInt(args[1]);
    CountDownLatch waiting = new CountDownLatch(WAITING);
    for (int i = 0; i < WAITING; i++) {
      EXECUTOR.execute(() -> waitUntilInterrupted(waiting));
    }
    waiting.await();
    try (ServerSocket server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> accept(server));
      long begin = System.nanoTime();
      for (long request = 0; request < (long) perSecond * seconds; request++) {
        LockSupport.parkNanos(
            begin + request * 1_000_000_000L / perSecond - System.nanoTime());
        ask(server.getLocalPort());
        if (request % perSecond == perSecond - 1) {
          MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
          System.out.println(counts() + " used " + (heap.getUsed() >> 20));
        }
      }
    }
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (FINISHED.get() < STARTED.get() && System.nanoTime() < end) {
      System.gc(); // what is old is not looked at as long as there is room
      Thread.sleep(COLLECT_MILLIS);
    }
    System.out.println("end " + counts());
    EXECUTOR.shutdownNow();
    if (!EXECUTOR.awaitTermination(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("the executor does not end");
    }
    System.out.println("shutdown " + INTERRUPTED);
  }

  private static String counts() {
    return "started " + STARTED + " finished " + FINISHED + " untouched " + (WAITING - INTERRUPTED.get());
  }

  private static void waitUntilInterrupted(CountDownLatch waiting) {
    LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
    waiting.countDown();
    try {
      queue.take();
    } catch (InterruptedException _) {
      INTERRUPTED.incrementAndGet();
    }
  }

  private static void accept(ServerSocket server) {
    try {
      while (true) {
        Socket client = server.accept();
        STARTED.incrementAndGet();
        Thread.startVirtualThread(() -> handle(client));
      }
    } catch (IOException _) {
      // the server is closed
    }
  }

  private static void handle(Socket client) {
    byte[] buffer = new byte[BUFFER];
    try {
      try (client) {
        int read = client.getInputStream().read(buffer);
        client.getOutputStream().write(buffer, 0, read);
      }
      follow(new LinkedBlockingQueue<>(), buffer);
    } catch (IOException | InterruptedException _) {
      // it ends
    } finally {
      FINISHED.incrementAndGet();
    }
  }

  private static void follow(LinkedBlockingQueue<byte[]> log, byte[] buffer)
      throws InterruptedException {
    while (true) {
      byte[] line = log.take();
      System.arraycopy(line, 0, buffer, 0, Math.min(line.length, buffer.length));
    }
  }

  private static void ask(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      out.write("follow".getBytes());
      garbage = new byte[GARBAGE];
      InputStream in = socket.getInputStream();
      if (in.read() < 0) {
        throw new IOException("no answer");
      }
    }
  }
}
