package dev.groundhog.agent.internal.births;

import java.util.Arrays;
import java.util.List;

/// Knows a stack again by what the JVM keeps of it.
interface Backtrace {
  /// So many frames are compared, which are those that are told and as many more as the JDK may
  /// have in between: stacks that differ only below are one.
  int MAX_FRAMES = CreationSites.MAX_FRAMES + 32;

  /// Where that cannot be read: every stack is turned into names.
  Backtrace BY_NAMES = new ByNames();

  /// What one stack is compared by.
  interface Key {
    long hash();

    /// Whether `here` has the same frames.
    boolean isOf(Throwable here);
  }

  long hash(Throwable here);

  /// @param hash that of `here`
  Key key(long hash, Throwable here);

  /// Whether that is done for each [#hash], which costs more.
  boolean turnsIntoNames();

  static Backtrace find() {
    return RawBacktrace.find().map(Backtrace.class::cast).orElse(BY_NAMES);
  }

  static long mixed(long hash, long value) {
    long mixed = (hash ^ value) * 0x9E3779B97F4A7C15L;
    return mixed ^ mixed >>> Integer.SIZE;
  }

  /// By its names.
  final class ByNames implements Backtrace {
    private record Names(long hash, List<StackTraceElement> elements) implements Key {
      @Override
      public boolean isOf(Throwable here) {
        return elements.equals(told(here));
      }
    }

    private static List<StackTraceElement> told(Throwable here) {
      return Arrays.stream(here.getStackTrace()).limit(MAX_FRAMES).toList();
    }

    @Override
    public long hash(Throwable here) {
      long hash = 1;
      for (StackTraceElement element : told(here)) {
        hash = mixed(hash, element.hashCode());
      }
      return hash;
    }

    @Override
    public Key key(long hash, Throwable here) {
      return new Names(hash, told(here));
    }

    @Override
    public boolean turnsIntoNames() {
      return true;
    }
  }
}
