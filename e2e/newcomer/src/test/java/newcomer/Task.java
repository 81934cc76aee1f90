package newcomer;

/// What a thread does until it is interrupted.
interface Task {
  void run() throws Exception;

  static Runnable of(Task task) {
    return () -> {
      try {
        task.run();
      } catch (Exception e) {
        Thread.currentThread().interrupt();
      }
    };
  }
}
