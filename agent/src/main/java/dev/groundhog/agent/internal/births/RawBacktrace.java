package dev.groundhog.agent.internal.births;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the JVM keeps of a stack in the field `backtrace` of `Throwable`, which it fills
/// (`java_lang_Throwable::fill_in_stack_trace` in HotSpot): an array of the methods' numbers, of
/// their positions, of their classes, of their names, and the next of these arrays, each for 32
/// frames. Of the classes only names and identity hashes are kept, so that they can be unloaded:
/// two stacks are taken for one only if all their classes have the same of both.
///
/// The hash goes by methods and positions, many at once as the JVM's compilers do
/// [Arrays#hashCode], and by the classes of some inner frames; of the others the classes are looked
/// at when stacks are compared.
///
/// @param next where the next array stands in one
record RawBacktrace(int next) implements Backtrace {
  private static final int FRAMES = 32;
  private static final int METHODS = 0;
  private static final int POSITIONS = 1;
  private static final int CLASSES = 2;

  /// The classes of so many frames are hashed, behind those that are ours or start threads in the
  /// JDK, which are nearly always the same.
  private static final int HASHED_FROM = 7;

  private static final int HASHED_TO = 19;

  /// A constant, so that it is compiled like a field; null if it is not to be had.
  private static final @Nullable VarHandle FIELD = field();

  private static @Nullable VarHandle field() {
    try {
      return MethodHandles.privateLookupIn(Throwable.class, MethodHandles.lookup())
          .findVarHandle(Throwable.class, "backtrace", Object.class);
    } catch (ReflectiveOperationException _) {
      return null;
    }
  }

  /// Empty if the JVM keeps them in another way, or does not let us see them.
  static Optional<RawBacktrace> find() {
    if (FIELD == null
        || !(FIELD.get(deep(FRAMES)) instanceof Object[] chunk)
        || !isChunk(chunk, chunk.length)) {
      return Optional.empty();
    }
    for (int i = CLASSES + 1; i < chunk.length; i++) {
      if (chunk[i] instanceof Object[] after && isChunk(after, chunk.length)) {
        return Optional.of(new RawBacktrace(i));
      }
    }
    return Optional.empty();
  }

  private static boolean isChunk(Object[] chunk, int length) {
    return chunk.length == length
        && length > CLASSES
        && chunk[METHODS] instanceof short[]
        && chunk[POSITIONS] instanceof int[]
        && chunk[CLASSES] instanceof Object[];
  }

  /// One with more frames than one array holds.
  private static Throwable deep(int frames) {
    return frames == 0 ? new Throwable() : deep(frames - 1);
  }

  private static Object @Nullable [] first(Throwable here) {
    return FIELD == null ? null : (Object[]) FIELD.get(here);
  }

  private Object @Nullable [] after(Object[] chunk) {
    return (Object[]) chunk[next];
  }

  @Override
  public long hash(Throwable here) {
    Object[] innermost = first(here);
    long hash = innermost == null ? 0 : types((Object[]) innermost[CLASSES]);
    int left = MAX_FRAMES;
    for (Object[] chunk = innermost; chunk != null && left > 0; chunk = after(chunk)) {
      hash = hash(hash, (short[]) chunk[METHODS], (int[]) chunk[POSITIONS]);
      left -= FRAMES;
    }
    return hash;
  }

  private static long types(Object[] classes) {
    long types = 0;
    for (int i = HASHED_FROM; i < HASHED_TO && i < classes.length; i++) {
      types = types * 31 + System.identityHashCode(classes[i]);
    }
    return types;
  }

  /// What is not used of an array is 0.
  static long hash(long hash, short[] methods, int[] positions) {
    long both = (long) Arrays.hashCode(methods) << Integer.SIZE;
    return Backtrace.mixed(hash, both | (Arrays.hashCode(positions) & 0xFFFFFFFFL));
  }

  @Override
  public Key key(long hash, Throwable here) {
    List<Frames> chunks = new ArrayList<>();
    int left = MAX_FRAMES;
    for (Object[] chunk = first(here); chunk != null && left > 0; chunk = after(chunk)) {
      chunks.add(new Frames(chunk));
      left -= FRAMES;
    }
    return new Chunks(hash, chunks.toArray(new Frames[0]));
  }

  @Override
  public boolean turnsIntoNames() {
    return false;
  }

  /// Up to 32 frames.
  private static final class Frames {
    private final short[] methods;
    private final int[] positions;

    /// The identity hashes of the classes, and their names.
    private final int[] types;

    private final String[] names;

    Frames(Object[] chunk) {
      methods = ((short[]) chunk[METHODS]).clone();
      positions = ((int[]) chunk[POSITIONS]).clone();
      List<Class<?>> classes = new ArrayList<>();
      for (Object type : (Object[]) chunk[CLASSES]) {
        if (type instanceof Class<?> known) {
          classes.add(known);
        }
      }
      types = classes.stream().mapToInt(System::identityHashCode).toArray();
      names = classes.stream().map(Class::getName).toArray(String[]::new);
    }

    boolean isOf(Object[] chunk) {
      return Arrays.equals(positions, (int[]) chunk[POSITIONS])
          && Arrays.equals(methods, (short[]) chunk[METHODS])
          && haveClasses((Object[]) chunk[CLASSES]);
    }

    private boolean haveClasses(Object[] classes) {
      for (int i = 0; i < types.length; i++) {
        if (!(classes[i] instanceof Class<?> type)
            || types[i] != System.identityHashCode(type)
            || !names[i].equals(type.getName())) {
          return false;
        }
      }
      return types.length == classes.length || classes[types.length] == null;
    }
  }

  private final class Chunks implements Key {
    private final long hash;
    private final Frames[] chunks;

    Chunks(long hash, Frames[] chunks) {
      this.hash = hash;
      this.chunks = chunks;
    }

    @Override
    public long hash() {
      return hash;
    }

    @Override
    public boolean isOf(Throwable here) {
      Object[] chunk = first(here);
      for (Frames frames : chunks) {
        if (chunk == null || !frames.isOf(chunk)) {
          return false;
        }
        chunk = after(chunk);
      }
      return chunk == null || chunks.length * FRAMES >= MAX_FRAMES;
    }
  }
}
