package dev.groundhog.examples;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;

/// Starts a thread that receives from a channel nobody sends to, and logs the number of threads
/// every two seconds: it stays at two, this one and the one that never comes home.
public final class ChannelWithoutSender {
  private static final Duration EVERY = Duration.ofSeconds(2);

  private ChannelWithoutSender() {}

  /// `--every DURATION`, such as `500ms`, logs as often. It runs until it is ended.
  public static void main(String[] args) throws IOException, InterruptedException {
    Duration every =
        new Options(args, Set.of(), "--every").get("--every").map(Options::duration).orElse(EVERY);
    BlockingQueue<Integer> channel = new SynchronousQueue<>();
    Thread.ofVirtual().start(() -> receive(channel));
    while (true) {
      log();
      Thread.sleep(every);
    }
  }

  private static void receive(BlockingQueue<Integer> channel) {
    try {
      channel.take();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void log() throws IOException {
    System.out.println("thread number: " + ThreadCount.now());
    System.out.flush();
  }
}
