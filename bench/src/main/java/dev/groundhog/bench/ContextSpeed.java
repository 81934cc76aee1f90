package dev.groundhog.bench;

import dev.groundhog.context.CancellableContext;
import dev.groundhog.context.Context;
import dev.groundhog.context.DisconnectWatcher;
import dev.groundhog.context.Peer;
import dev.groundhog.context.Watch;
import dev.groundhog.mark.Labels;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;

/// What contexts, watches and labels cost: making and cancelling a context, alone and among
/// [#SIBLINGS], against a Go program that does the same, in turns; watching a connection and
/// leaving off; setting and clearing a label.
///
/// Argument: the program of `src/main/go/contextspeed`. Each figure is the best of [#ROUNDS] rounds
/// after [#WARM_UP] others, since what else runs on the machine only adds; the last line is
/// `context 0.50, among 100000 siblings 0.50, watch 2000 ns, by addresses 3000 ns, label 10 ns`, of
/// which the first two are ratios to Go.
public final class ContextSpeed {
  private static final int SIBLINGS = 100_000;
  private static final int WARM_UP = 5;
  private static final int ROUNDS = 15;
  private static final int CONTEXTS = 1_000_000;
  private static final int WATCHES = 100_000;
  private static final int LABELS = 5_000_000;

  /// Keep what is made, so that the compiler cannot leave it out.
  private Context last = Context.background();

  private int runs;

  private ContextSpeed() {}

  @FunctionalInterface
  private interface Work {
    void run() throws Exception;
  }

  public static void main(String[] args) throws Exception {
    ContextSpeed speed = new ContextSpeed();
    try (Program go = new Program(args[0])) {
      System.out.println(speed.contexts(go) + ", " + speed.watches() + ", " + speed.labels());
    }
  }

  /// The Go program, which measures a round whenever it is asked.
  private static final class Program implements AutoCloseable {
    private final Process process;
    private final PrintStream input;
    private final BufferedReader output;

    Program(String path) throws IOException {
      process =
          new ProcessBuilder(path, Integer.toString(SIBLINGS))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      input = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
      output = process.inputReader(StandardCharsets.US_ASCII);
    }

    /// @return nanoseconds for one, alone and among siblings
    double[] round() throws IOException {
      input.println();
      String line = output.readLine();
      if (line == null) {
        throw new IOException("the Go program ended");
      }
      return Arrays.stream(line.split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
    }

    @Override
    public void close() {
      process.destroy();
    }
  }

  private String contexts(Program go) throws Exception {
    CancellableContext parent = Context.background().withCancel();
    List<Context> siblings = new ArrayList<>();
    for (int i = 0; i < SIBLINGS; i++) {
      siblings.add(parent.withCancel());
    }
    double[][] theirs = new double[2][ROUNDS];
    double[][] ours = new double[2][ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      double[] their = go.round();
      double alone = nanos(CONTEXTS, () -> makeAndCancel(Context.background()));
      double among = nanos(CONTEXTS, () -> makeAndCancel(parent));
      if (round >= 0) {
        theirs[0][round] = their[0];
        theirs[1][round] = their[1];
        ours[0][round] = alone;
        ours[1][round] = among;
      }
    }
    if (!last.isCancelled()) {
      throw new IllegalStateException("the last was not cancelled");
    }
    System.out.printf(
        Locale.ROOT,
        "making and cancelling a context: %.0f ns, Go's %.0f ns; among %d siblings: %.0f ns, Go's"
            + " %.0f ns%n",
        best(ours[0]),
        best(theirs[0]),
        siblings.size(),
        best(ours[1]),
        best(theirs[1]));
    return String.format(
        Locale.ROOT,
        "context %.2f, among %d siblings %.2f",
        best(ours[0]) / best(theirs[0]),
        siblings.size(),
        best(ours[1]) / best(theirs[1]));
  }

  private void makeAndCancel(Context parent) {
    CancellableContext context = parent.withCancel();
    last = context;
    context.cancel();
  }

  private String watches() throws Exception {
    DisconnectWatcher watcher = DisconnectWatcher.shared();
    if (!watcher.missing().isEmpty()) {
      throw new IOException(watcher.missing());
    }
    try (ServerSocketChannel server =
            ServerSocketChannel.open()
                .bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel connection = server.accept()) {
      double channel = watch(watcher, new Peer.OfChannel(connection));
      double addresses =
          watch(
              watcher,
              new Peer.OfAddresses(
                  (InetSocketAddress) connection.getLocalAddress(),
                  (InetSocketAddress) connection.getRemoteAddress()));
      if (runs > 0 || !client.isConnected()) {
        throw new IOException("a client that is there was said to have gone");
      }
      return String.format(Locale.ROOT, "watch %.0f ns, by addresses %.0f ns", channel, addresses);
    }
  }

  private double watch(DisconnectWatcher watcher, Peer peer) throws Exception {
    double[] nanos = new double[ROUNDS];
    for (int round = -WARM_UP; round < ROUNDS; round++) {
      double time =
          nanos(
              WATCHES,
              () -> {
                Watch watch = watcher.watch(peer, Peer.EndOfInput.GONE, () -> runs++);
                if (!watch.isWatching()) {
                  throw new IOException("not watched");
                }
                watch.close();
              });
      if (round >= 0) {
        nanos[round] = time;
      }
    }
    return best(nanos);
  }

  private String labels() throws Exception {
    Labels none = Labels.current();
    Labels request = Labels.of("method", "GET").with("route", "/").forClient();
    return String.format(
        Locale.ROOT,
        "label %.1f ns, of a virtual thread %.1f ns, within a request %.1f ns",
        on(Thread.ofPlatform().factory(), none),
        on(Thread.ofVirtual().factory(), none),
        on(Thread.ofPlatform().factory(), request));
  }

  /// What three labels cost on a thread that has others.
  private double on(ThreadFactory threads, Labels before)
      throws InterruptedException, ExecutionException {
    FutureTask<Double> task =
        new FutureTask<>(() ->
            before.call(() -> {
              Labels labels =
                  Labels.of("route", "/users/{id}").with("job", "mail").with("step", "1");
              int runsBefore = runs;
              double[] nanos = new double[ROUNDS];
              for (int round = -WARM_UP; round < ROUNDS; round++) {
                double time = nanos(LABELS, () -> labels.run(() -> runs++));
                if (round >= 0) {
                  nanos[round] = time;
                }
              }
              if (runs - runsBefore != (WARM_UP + ROUNDS) * LABELS) {
                throw new IllegalStateException("not all ran");
              }
              return best(nanos);
            }));
    threads.newThread(task).start();
    return task.get();
  }

  /// @return how long one takes
  private static double nanos(int times, Work work) throws Exception {
    long start = System.nanoTime();
    for (int i = 0; i < times; i++) {
      work.run();
    }
    return (double) (System.nanoTime() - start) / times;
  }

  private static double best(double[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }
}
