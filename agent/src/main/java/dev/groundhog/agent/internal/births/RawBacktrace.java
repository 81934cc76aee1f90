package dev.groundhog.agent.internal.births;

import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// What the JVM keeps of a stack in the field `backtrace` of `Throwable`, which it fills
/// (`java_lang_Throwable::fill_in_stack_trace` in HotSpot): an array of the methods' numbers, of
/// their positions, of their classes, of their names, and the next of these arrays, each for 32
/// frames. Of the classes only names and identity hashes are kept, so that they can be unloaded:
/// two stacks are taken for one only if all their classes have the same of both.
///
/// @param next where the next array stands in one
record RawBacktrace(VarHandle field, int next) implements Backtrace {
  private static final int FRAMES = 32;
  private static final int METHODS = 0;
  private static final int POSITIONS = 1;
  private static final int CLASSES = 2;
  private static final long SPREAD = 0xD1B54A32D192ED03L;

  /// @throws IllegalStateException if the JVM keeps them in another way
  static RawBacktrace find(VarHandle field) {
    Object[] chunk = (Object[]) field.get(deep(FRAMES));
    for (int i = CLASSES + 1; i < chunk.length; i++) {
      if (chunk[i] instanceof Object[] after
          && after.length == chunk.length
          && after[METHODS] instanceof short[]
          && after[POSITIONS] instanceof int[]
          && after[CLASSES] instanceof Object[]) {
        return new RawBacktrace(field, i);
      }
    }
    throw new IllegalStateException("another backtrace");
  }

  /// One with more frames than one array holds.
  private static Throwable deep(int frames) {
    return frames == 0 ? new Throwable() : deep(frames - 1);
  }

  @Override
  public long hash(Throwable here) {
    long hash = 1;
    int left = MAX_FRAMES;
    for (Object[] chunk = first(here); chunk != null && left > 0; left -= FRAMES) {
      short[] methods = (short[]) chunk[METHODS];
      int[] positions = (int[]) chunk[POSITIONS];
      Object[] classes = (Object[]) chunk[CLASSES];
      for (int i = 0; i < classes.length && classes[i] != null; i++) {
        hash = hash(hash, System.identityHashCode(classes[i]), methods[i], positions[i]);
      }
      chunk = (Object[]) chunk[next];
    }
    return hash;
  }

  /// Each number has bits of its own: a negative one must not wipe out another. The class is spread
  /// beside the hash and not through it, so that a frame waits for one multiplication, not for two.
  static long hash(long hash, int type, short method, int position) {
    long methodAndPosition = (method & 0xFFFFL) << Integer.SIZE | (position & 0xFFFFFFFFL);
    return Backtrace.mixed(hash, type * SPREAD + methodAndPosition);
  }

  private Object[] first(Throwable here) {
    return (Object[]) field.get(here);
  }

  @Override
  public Key key(long hash, Throwable here) {
    int[] numbers = new int[MAX_FRAMES * 2];
    String[] names = new String[MAX_FRAMES];
    int size = 0;
    for (Object[] chunk = first(here); chunk != null && size < MAX_FRAMES; ) {
      Object[] classes = (Object[]) chunk[CLASSES];
      for (int i = 0; i < classes.length && classes[i] != null; i++) {
        Class<?> type = (Class<?>) classes[i];
        numbers[size * 2] = method(chunk, i);
        numbers[size * 2 + 1] = position(chunk, i);
        names[size++] = type.getName();
      }
      chunk = (Object[]) chunk[next];
    }
    return new Frames(hash, Arrays.copyOf(numbers, size * 2), Arrays.copyOf(names, size));
  }

  private static short method(Object[] chunk, int frame) {
    return ((short[]) chunk[METHODS])[frame];
  }

  private static int position(Object[] chunk, int frame) {
    return ((int[]) chunk[POSITIONS])[frame];
  }

  @Override
  public boolean turnsIntoNames() {
    return false;
  }

  private final class Frames implements Key {
    private final long hash;

    /// Of each frame its method and its position.
    private final int[] numbers;

    /// Those of the classes.
    private final String[] names;

    Frames(long hash, int[] numbers, String[] names) {
      this.hash = hash;
      this.numbers = numbers;
      this.names = names;
    }

    @Override
    public long hash() {
      return hash;
    }

    /// The identity hashes of the classes are in the hash, which was the same.
    @Override
    public boolean isOf(Throwable here) {
      int frame = 0;
      for (Object[] chunk = first(here); chunk != null && frame < MAX_FRAMES; ) {
        short[] methods = (short[]) chunk[METHODS];
        int[] positions = (int[]) chunk[POSITIONS];
        Object[] types = (Object[]) chunk[CLASSES];
        for (int i = 0; i < types.length && types[i] != null; i++, frame++) {
          if (frame >= names.length
              || numbers[frame * 2] != methods[i]
              || numbers[frame * 2 + 1] != positions[i]
              || !names[frame].equals(((Class<?>) types[i]).getName())) {
            return false;
          }
        }
        chunk = (Object[]) chunk[next];
      }
      return frame == names.length;
    }
  }
}
