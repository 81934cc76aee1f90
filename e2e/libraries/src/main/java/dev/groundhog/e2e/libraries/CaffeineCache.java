package dev.groundhog.e2e.libraries;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;

/// A cache that expires what it has on a scheduler that it was given.
///
/// @param upkeep where it does its other work
record CaffeineCache(Upkeep upkeep) implements Library {
  private static final Duration WAIT = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(5);

  enum Upkeep {
    /// Caffeine's default.
    COMMON_POOL,
    /// The threads that use it.
    CALLER
  }

  @Override
  public String title() {
    return switch (upkeep) {
      case COMMON_POOL -> "Caffeine, as it is";
      case CALLER -> "Caffeine, `executor(Runnable::run)`";
    };
  }

  @Override
  public Class<?> from() {
    return Caffeine.class;
  }

  @Override
  public String stoppedBy() {
    return "`shutdownNow()` of the scheduler that it was given; it has no thread of its own";
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.of("`Caffeine.scheduler`");
  }

  @Override
  public Set<String> caught() {
    return Set.of("pool-N-thread-N");
  }

  @Override
  public List<Stay> stays() {
    return switch (upkeep) {
      case COMMON_POOL -> List.of(Stay.COMMON_POOL);
      case CALLER -> List.of();
    };
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(1, factory.orElseGet(Executors::defaultThreadFactory));
    Caffeine<Object, Object> settings =
        Caffeine.newBuilder()
            .expireAfterWrite(Duration.ofMinutes(1))
            .scheduler(Scheduler.forScheduledExecutorService(executor));
    Cache<String, String> cache =
        switch (upkeep) {
          case COMMON_POOL -> settings.build();
          case CALLER -> settings.executor(Runnable::run).build();
        };
    return new Started() {
      @Override
      public void use() throws InterruptedException {
        cache.put("a", "1");
        awaitThread(executor);
      }

      @Override
      public void stop() {
        executor.shutdownNow();
      }
    };
  }

  /// The common pool hands in the first task in its own time.
  private static void awaitThread(ScheduledThreadPoolExecutor executor)
      throws InterruptedException {
    long end = System.nanoTime() + WAIT.toNanos();
    while (executor.getPoolSize() == 0) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("nothing was scheduled within " + WAIT);
      }
      Thread.sleep(PAUSE);
    }
  }
}
