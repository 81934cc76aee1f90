package dev.groundhog.target.internal;

import java.io.IOException;
import java.time.Duration;

/// Asks for a dump, takes its first byte, says so, and never reads on: to be killed.
final class StuckReader {
  private StuckReader() {}

  public static void main(String[] args) throws Exception {
    long pid = Long.parseLong(args[0]);
    try (Watchdog watchdog = new Watchdog("stuck", Duration.ofMinutes(1));
        AnonymousPipe pipe = AnonymousPipe.open();
        AttachSocket socket = AttachSocket.connect(pid, watchdog)) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              socket.send("Thread.dump_to_file -overwrite -format=json " + pipe.pathForTarget());
            } catch (IOException e) {
              System.out.println(e);
            }
          });
      if (pipe.source().read() == '{') {
        System.out.println("ready");
      }
      System.in.read();
    }
  }
}
