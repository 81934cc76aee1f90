package dev.groundhog.endpoint;

import static dev.groundhog.endpoint.Answers.OK;
import static dev.groundhog.endpoint.Answers.UNAVAILABLE;
import static dev.groundhog.endpoint.Answers.headers;
import static dev.groundhog.endpoint.Answers.written;

import dev.groundhog.dump.JsonWriter;
import dev.groundhog.mark.LeakProneIndex;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// `/debug/groundhog/leak-prone`: the functions that this JVM marks, read anew each time, since
/// programs load and unload classes. Whoever asks while somebody else's reading goes on waits for
/// that one, so that a class loader that hangs costs one thread, however often it is asked.
final class LeakProneRoute {
  /// So many loaders are asked, which is many for a program and few for the time of an answer.
  private static final int MAX_LOADERS = 10_000;

  /// So long the program's class loaders may take, all of them.
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private static final String READER = "groundhog-leak-prone";

  private final ThisJvm jvm;
  private final Duration limit;

  private Optional<Reading> running = Optional.empty();

  /// What is read, and by whom.
  private record Reading(FutureTask<LeakProneIndex> index, Thread reader) {}

  LeakProneRoute(ThisJvm jvm) {
    this(jvm, LIMIT);
  }

  LeakProneRoute(ThisJvm jvm, Duration limit) {
    this.jvm = jvm;
    this.limit = limit;
  }

  Answer answer() {
    Reading reading = reading();
    try {
      LeakProneIndex index = reading.index.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return new Answer(OK, headers(GroundhogRoutes.JSON), written(out -> write(index, out)));
    } catch (TimeoutException _) {
      return Answer.line(UNAVAILABLE, late(reading.reader));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Answer.line(UNAVAILABLE, "the answer was not waited for: ask again");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /// What keeps the reader, as far as its state tells.
  private String late(Thread reader) {
    String after = " after " + limit.toSeconds() + " s: ";
    return switch (reader.getState()) {
      case NEW, RUNNABLE, TERMINATED ->
          "the class loaders of this program are still busy" + after + "ask again";
      case BLOCKED, WAITING, TIMED_WAITING ->
          "a class loader of this program hangs" + after + "look where " + READER + " waits";
    };
  }

  private synchronized Reading reading() {
    Reading reading = running.filter(one -> !one.index.isDone()).orElseGet(this::begun);
    running = Optional.of(reading);
    return reading;
  }

  /// The program's own code runs there. It is not interrupted, however long it takes: that would
  /// close the files it reads from.
  private Reading begun() {
    Set<ClassLoader> loaders = loaders(jvm.classes());
    FutureTask<LeakProneIndex> index = new FutureTask<>(() -> LeakProneIndex.read(loaders));
    Thread reader = OwnThread.daemon(READER, index);
    reader.setContextClassLoader(ClassLoader.getSystemClassLoader());
    reader.start();
    return new Reading(index, reader);
  }

  /// Those of the loaded classes where they are known; else those that a program usually has.
  private static Set<ClassLoader> loaders(Class<?>[] loaded) {
    Set<ClassLoader> loaders = new LinkedHashSet<>();
    add(loaders, ClassLoader.getSystemClassLoader());
    add(loaders, Thread.currentThread().getContextClassLoader());
    add(loaders, LeakProneRoute.class.getClassLoader());
    for (Class<?> each : loaded) {
      add(loaders, each.getClassLoader());
    }
    return loaders;
  }

  private static void add(Set<ClassLoader> loaders, @Nullable ClassLoader loader) {
    if (loader != null && loaders.size() < MAX_LOADERS) {
      loaders.add(loader);
    }
  }

  private static void write(LeakProneIndex index, Appendable out) throws IOException {
    JsonWriter json = new JsonWriter(out);
    json.beginObject();
    json.name("schema").value("groundhog.leak-prone/1");
    json.name("functions").beginArray();
    for (LeakProneIndex.Function function : index.functions()) {
      json.onNewLine().beginObject();
      json.name("function").value(function.name());
      json.name("reason").value(function.reason());
      json.endObject();
    }
    json.endArray();
    json.name("warnings").beginArray();
    for (String warning : index.warnings()) {
      json.onNewLine().value(warning);
    }
    json.endArray();
    json.endObject();
    out.append('\n');
  }
}
