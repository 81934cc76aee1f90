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
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// `/debug/groundhog/leak-prone`: the functions that this JVM marks, read anew each time, since
/// programs load and unload classes.
final class LeakProneRoute {
  /// So many loaders are asked, which is many for a program and few for the time of an answer.
  private static final int MAX_LOADERS = 10_000;

  /// So long the program's class loaders may take, all of them.
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final ThisJvm jvm;
  private final Duration limit;

  /// One question at a time: a class loader that hangs costs one thread, however often it is asked.
  private final Semaphore asking = new Semaphore(1);

  LeakProneRoute(ThisJvm jvm) {
    this(jvm, LIMIT);
  }

  LeakProneRoute(ThisJvm jvm, Duration limit) {
    this.jvm = jvm;
    this.limit = limit;
  }

  Answer answer() {
    long until = System.nanoTime() + limit.toNanos();
    Set<ClassLoader> loaders = loaders(jvm.classes());
    try {
      if (asking.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS)) {
        LeakProneIndex index = asked(loaders).get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        return new Answer(OK, headers(GroundhogRoutes.JSON), written(out -> write(index, out)));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException _) {
      // told below
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return Answer.line(
        UNAVAILABLE,
        "a class loader of this program has not answered for "
            + limit.toSeconds()
            + " s: look where groundhog-leak-prone waits");
  }

  /// The program's own code runs there. It is not interrupted, however long it takes: that would
  /// close the files it reads from.
  private FutureTask<LeakProneIndex> asked(Set<ClassLoader> loaders) {
    FutureTask<LeakProneIndex> question =
        new FutureTask<>(() -> {
          try {
            return LeakProneIndex.read(loaders);
          } finally {
            asking.release();
          }
        });
    try {
      Thread.ofPlatform()
          .daemon()
          .name("groundhog-leak-prone")
          .inheritInheritableThreadLocals(false)
          .start(question);
    } catch (RuntimeException | Error e) {
      asking.release();
      throw e;
    }
    return question;
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
