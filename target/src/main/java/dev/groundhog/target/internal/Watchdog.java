package dev.groundhog.target.internal;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.List;

/// Closes channels when the time is over, which ends every read from them with an error.
final class Watchdog implements AutoCloseable {
  private final Thread thread;

  private Watchdog(Thread thread) {
    this.thread = thread;
  }

  static Watchdog start(Duration limit, Channel... channels) {
    return new Watchdog(
        Thread.ofVirtual()
            .name("groundhog-watchdog")
            .start(() -> {
              try {
                Thread.sleep(limit);
                for (Channel channel : List.of(channels)) {
                  channel.close();
                }
              } catch (InterruptedException | IOException _) {
                // the work is done, or the channel is closed as it should be
              }
            }));
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
