package dev.groundhog.endpoint;

import static dev.groundhog.endpoint.Answers.OK;
import static dev.groundhog.endpoint.Answers.headers;
import static dev.groundhog.endpoint.Answers.written;

import dev.groundhog.dump.JsonWriter;
import dev.groundhog.mark.LeakProneIndex;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `/debug/groundhog/leak-prone`: the functions that this JVM marks, read anew each time, since
/// programs load and unload classes.
final class LeakProneRoute {
  /// So many loaders are asked, which is many for a program and few for the time of an answer.
  private static final int MAX_LOADERS = 10_000;

  private LeakProneRoute() {}

  static Answer answer(ThisJvm jvm) {
    LeakProneIndex index = LeakProneIndex.read(loaders(jvm.classes()));
    return new Answer(OK, headers(GroundhogRoutes.JSON), written(out -> write(index, out)));
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
