package dev.groundhog.e2e.libraries;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/// Its schedulers for all, or, with a factory, some of one's own.
record ReactorSchedulers() implements Library {
  private static final int THREADS = 2;
  private static final int QUEUED = 100;
  private static final int IDLE_SECONDS = 60;
  private static final Duration WAIT = Duration.ofSeconds(10);

  @Override
  public String title() {
    return "Reactor";
  }

  @Override
  public Class<?> from() {
    return Mono.class;
  }

  @Override
  public String stoppedBy() {
    return "`Schedulers.shutdownNow()`, `dispose()` of those made by `Schedulers.new…`";
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.of("`Schedulers.new…`");
  }

  @Override
  public Set<String> caught() {
    return Set.of("parallel-N", "boundedElastic-N", "boundedElastic-evictor-N", "single-N");
  }

  @Override
  public List<Stay> stays() {
    return List.of();
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) {
    return factory
        .map(own ->
            new Running(
                Schedulers.newParallel(THREADS, own),
                Schedulers.newBoundedElastic(THREADS, QUEUED, own, IDLE_SECONDS),
                Schedulers.newSingle(own)))
        .orElseGet(() ->
            new Running(Schedulers.parallel(), Schedulers.boundedElastic(), Schedulers.single()));
  }

  private record Running(Scheduler parallel, Scheduler elastic, Scheduler single)
      implements Started {
    @Override
    public void use() {
      Mono.delay(Duration.ofMillis(1), parallel).publishOn(elastic).publishOn(single).block(WAIT);
    }

    @Override
    public void stop() {
      parallel.dispose();
      elastic.dispose();
      single.dispose();
      Schedulers.shutdownNow();
    }
  }
}
