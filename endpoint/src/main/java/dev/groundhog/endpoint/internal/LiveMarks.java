package dev.groundhog.endpoint.internal;

import dev.groundhog.dump.Marks;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The labels that a program's threads have by `dev.groundhog.mark.Labels`, read in the threads
/// themselves, where `java.lang` is open to this module. That class may be of another loader, or of
/// several: it is known by its name, and what it shows by JDK types. A thread that has labels of
/// several has all of them, in no order: of one name, one of them.
///
/// A thread goes on while it is read. Its table of locals is only read, never through
/// `ThreadLocal`, which cleans up as it goes; a label that is set or cleared at that moment is seen
/// or not.
public final class LiveMarks implements Marks {
  private static final String LABELS = "dev.groundhog.mark.Labels$OfThread";

  /// As the class itself has them; a program may have a class of its own of that name.
  private static final int MAX_LABELS = 32;

  private static final int MAX_LENGTH = 256;

  private static final ClassValue<Boolean> IS_LABELS =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return type.getName().equals(LABELS);
        }
      };

  private final VarHandle locals;
  private final VarHandle table;
  private final VarHandle value;

  private LiveMarks(VarHandle locals, VarHandle table, VarHandle value) {
    this.locals = locals;
    this.table = table;
    this.value = value;
  }

  /// With as much as this module may see.
  public static Marks find() {
    try {
      MethodHandles.Lookup own = MethodHandles.lookup();
      Class<?> map = Class.forName("java.lang.ThreadLocal$ThreadLocalMap");
      Class<?> entry = Class.forName("java.lang.ThreadLocal$ThreadLocalMap$Entry");
      return new LiveMarks(
          MethodHandles.privateLookupIn(Thread.class, own)
              .findVarHandle(Thread.class, "inheritableThreadLocals", map),
          MethodHandles.privateLookupIn(map, own).findVarHandle(map, "table", entry.arrayType()),
          MethodHandles.privateLookupIn(entry, own).findVarHandle(entry, "value", Object.class));
    } catch (ReflectiveOperationException _) {
      return NONE;
    }
  }

  @Override
  public Marked of(Thread thread) {
    Object map = locals.getVolatile(thread);
    @Nullable Object @Nullable [] entries = map == null ? null : (Object[]) table.getVolatile(map);
    if (entries == null) {
      return Marked.NOT;
    }
    Marked marked = Marked.NOT;
    for (Object entry : entries) {
      if (entry instanceof Reference<?> reference
          && reference.get() instanceof ThreadLocal<?> local
          && IS_LABELS.get(local.getClass())
          && value.getVolatile(entry) instanceof Supplier<?> shown) {
        marked = with(marked, shown);
      }
    }
    return marked;
  }

  /// Who has `others` already has them of the class of another loader.
  private static Marked with(Marked others, Supplier<?> shown) {
    Map<String, String> labels = new HashMap<>(others.labels());
    if (shown.get() instanceof Map<?, ?> map) {
      map.forEach((name, text) -> {
        if (labels.size() < MAX_LABELS) {
          labels.put(cut(name), cut(text));
        }
      });
    }
    long goneSince = shown instanceof LongSupplier since ? since.getAsLong() : 0;
    Optional<Duration> gone =
        goneSince == 0
            ? Optional.empty()
            : Optional.of(Duration.ofMillis(Math.max(0, System.currentTimeMillis() - goneSince)));
    return new Marked(
        Map.copyOf(labels),
        Stream.of(others.clientGone(), gone)
            .flatMap(Optional::stream)
            .max(Comparator.naturalOrder()));
  }

  private static String cut(@Nullable Object text) {
    String whole = String.valueOf(text);
    return whole.length() <= MAX_LENGTH ? whole : whole.substring(0, MAX_LENGTH);
  }
}
