package newcomer;

import dev.groundhog.junit.LeakCheck;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Threads that threads of the test have started, at some depth.
@LeakCheck
class UnstructuredLeakTest {
  @Test
  @Tag("two")
  void child() {
    Names.virtual()
        .start(
            Task.of(() ->
                Names.virtual().start(Task.of(() -> new LinkedBlockingQueue<>().take())).join()));
  }

  @Test
  void virtualGrandchild() throws Exception {
    Names.virtual()
        .start(() ->
            Names.virtual()
                .start(() ->
                    Names.virtual().start(Task.of(() -> new LinkedBlockingQueue<>().take()))))
        .join();
  }

  @Test
  void platformGrandchild() throws Exception {
    Names.virtual()
        .start(() ->
            Names.platform()
                .start(() ->
                    Names.platform().start(Task.of(() -> new LinkedBlockingQueue<>().take()))))
        .join();
  }

  @Test
  void throughPool() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(2, Names.platforms())) {
      pool.submit(() -> Names.virtual().start(Task.of(() -> new LinkedBlockingQueue<>().take())));
    }
  }
}

@LeakCheck
class UnstructuredCleanTest {
  @Test
  void child() throws Exception {
    Names.virtual()
        .start(
            Task.of(() ->
                Names.virtual().start(Task.of(() -> new LinkedBlockingQueue<>().poll())).join()))
        .join();
  }

  @Test
  void virtualGrandchild() throws Exception {
    Names.virtual()
        .start(() ->
            Names.virtual()
                .start(() ->
                    Names.virtual().start(Task.of(() -> new LinkedBlockingQueue<>().poll()))))
        .join();
  }

  @Test
  void platformGrandchild() throws Exception {
    Names.virtual()
        .start(() ->
            Names.platform()
                .start(() ->
                    Names.platform().start(Task.of(() -> new LinkedBlockingQueue<>().poll()))))
        .join();
  }

  @Test
  void throughPool() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(2, Names.platforms())) {
      pool.submit(() -> Names.virtual().start(Task.of(() -> new LinkedBlockingQueue<>().poll())));
    }
  }
}
