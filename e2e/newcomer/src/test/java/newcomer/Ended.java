package newcomer;

/// Ends a thread, and is back when it has ended.
final class Ended {
  private Ended() {}

  static void by(Thread... threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join();
    }
  }
}
