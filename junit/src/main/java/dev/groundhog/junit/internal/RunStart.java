package dev.groundhog.junit.internal;

/// When the run of tests began, as far as somebody told: who was there before is the runner's.
final class RunStart {
  private static volatile Moment moment = Moment.START;

  private RunStart() {}

  /// The first call counts.
  static synchronized void isNow() {
    if (moment.equals(Moment.START)) {
      moment = Moment.now();
    }
  }

  static Moment moment() {
    return moment;
  }

  /// Whether the run began behind the thread with this id, or nobody told when it did.
  static boolean mayBeAfter(long id) {
    return moment.equals(Moment.START) || id < moment.id();
  }
}
