package dev.groundhog.examples;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;

/// Starts a thread that receives from a channel nobody sends to, and logs the number of threads
/// every two seconds: it stays at two, this one and the one that never comes home.
public final class ChannelWithoutSender {
  private static final Duration EVERY = Duration.ofSeconds(2);

  private ChannelWithoutSender() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    BlockingQueue<Integer> channel = new SynchronousQueue<>();
    Thread.ofVirtual().start(() -> receive(channel));
    while (true) {
      System.out.println("number of threads: " + ThreadCount.now());
      System.out.flush();
      Thread.sleep(EVERY);
    }
  }

  private static void receive(BlockingQueue<Integer> channel) {
    try {
      channel.take();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
