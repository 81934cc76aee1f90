package dev.groundhog.agent.internal.births;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.LiveThreads;
import dev.groundhog.leak.Origin;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The stacks that start threads, each held once. A stack is known again by a hash of what the JVM
/// keeps in a `Throwable` for it, so that only a new one is turned into names, by the thread that
/// meets it first. Nobody waits: where two threads meet a new one, one of them wins.
///
/// That is the field `backtrace`, which the JVM fills (`java_lang_Throwable::fill_in_stack_trace`
/// in HotSpot): an array of the methods' numbers, of their positions, of their classes, of their
/// names, and the next of these arrays, each for 32 frames. Of the classes only the identity hash
/// is used, and nothing is kept, so that they can be unloaded. Where the field cannot be read,
/// every stack is turned into names, which costs more.
///
/// Bounded: 10,000 stacks of 64 frames; what comes later is counted together.
final class CreationSites {
  static final int MAX_SITES = 10_000;

  /// Twice as many as are used, at least.
  private static final int PLACES = 1 << 15;

  private static final int MAX_FRAMES = 64;

  /// What starts a thread for whoever asks for one.
  private static final List<String> STARTERS =
      List.of(
          "dev.groundhog.agent.internal.births.Recording.",
          "java.lang.Thread",
          "java.lang.VirtualThread",
          "java.lang.System$",
          "java.util.concurrent.",
          "jdk.internal.vm.",
          "jdk.internal.misc.ThreadFlock");

  /// What starts carriers: they are the JDK's own, though somebody's thread is to run there.
  private static final Pattern SCHEDULER =
      Pattern.compile("java\\.lang\\.VirtualThread\\.\\w*[sS]ubmitRunContinuation\\w*");

  private final AtomicReferenceArray<Known> places = new AtomicReferenceArray<>(PLACES);
  private final AtomicReferenceArray<CreationSite> sites =
      new AtomicReferenceArray<>(MAX_SITES + 1);
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicInteger resolved = new AtomicInteger();
  private final CreationSite others = new CreationSite(MAX_SITES, true);
  private final Backtrace backtrace;

  private record Known(long hash, CreationSite site) {}

  CreationSites() {
    this(Backtrace.find());
  }

  CreationSites(Backtrace backtrace) {
    this.backtrace = backtrace;
    sites.set(MAX_SITES, others);
  }

  /// The site of `here`, which the starting thread has made.
  CreationSite of(Throwable here, boolean isVirtual) {
    long hash = backtrace.hash(here);
    int place = (int) (hash >>> Integer.SIZE) & (PLACES - 1);
    while (true) {
      Known known = places.get(place);
      if (known == null) {
        int number = size.get() < MAX_SITES ? size.getAndIncrement() : MAX_SITES;
        if (number >= MAX_SITES) {
          return others;
        }
        known = new Known(hash, new CreationSite(number, isVirtual));
        sites.set(number, known.site); // before anybody can find it
        if (places.compareAndSet(place, null, known)) {
          known.site.resolved(told(here.getStackTrace()));
          resolved.getAndIncrement();
          return known.site;
        }
        sites.set(number, null);
        known = places.get(place);
      }
      if (known.hash == hash) {
        return known.site;
      }
      place = (place + 1) & (PLACES - 1);
    }
  }

  /// The site with this number.
  CreationSite numbered(int number) {
    CreationSite site = sites.get(number);
    return site == null ? others : site;
  }

  /// Every site; the one for what came too late has no stack.
  Stream<CreationSite> all() {
    return IntStream.rangeClosed(0, MAX_SITES)
        .mapToObj(sites::get)
        .filter(site -> site != null && site.recordedStarts() > 0);
  }

  /// How many stacks have been turned into names.
  int resolved() {
    return resolved.get();
  }

  /// The creator's own frames first: without what the JDK does in between, such as an executor, a
  /// timer or a client that starts threads of its own.
  static CallStack told(StackTraceElement[] elements) {
    List<Frame> all = Arrays.stream(elements).map(LiveThreads::frame).toList();
    List<Frame> told =
        all.stream().anyMatch(CreationSites::isScheduler)
            ? all.stream().dropWhile(frame -> !isScheduler(frame)).toList()
            : behind(
                behind(all, CreationSites::isStarter), frame -> Origin.isJdk(frame.function()));
    return told.size() <= MAX_FRAMES
        ? new CallStack(told)
        : new CallStack(told.subList(0, MAX_FRAMES), MAX_FRAMES, told.size() - MAX_FRAMES);
  }

  private static boolean isStarter(Frame frame) {
    return STARTERS.stream().anyMatch(frame.function()::startsWith);
  }

  private static boolean isScheduler(Frame frame) {
    return SCHEDULER.matcher(frame.function()).matches();
  }

  /// `frames` without the first ones that are `unwanted`, unless nothing is left.
  private static List<Frame> behind(List<Frame> frames, Predicate<Frame> unwanted) {
    List<Frame> left = frames.stream().dropWhile(unwanted).toList();
    return left.isEmpty() ? frames : left;
  }

  /// Reads what the JVM keeps of a stack.
  interface Backtrace {
    /// Where it cannot be read.
    Backtrace BY_NAMES = here -> hashOf(here.getStackTrace());

    long hash(Throwable here);

    static Backtrace find() {
      try {
        VarHandle field =
            MethodHandles.privateLookupIn(Throwable.class, MethodHandles.lookup())
                .findVarHandle(Throwable.class, "backtrace", Object.class);
        return RawBacktrace.find(field, deep(RawBacktrace.FRAMES));
      } catch (ReflectiveOperationException | RuntimeException e) {
        return BY_NAMES;
      }
    }

    private static Throwable deep(int frames) {
      return frames == 0 ? new Throwable() : deep(frames - 1);
    }

    private static long hashOf(StackTraceElement[] elements) {
      long hash = elements.length;
      for (StackTraceElement element : elements) {
        hash = RawBacktrace.mixed(hash, element.hashCode());
      }
      return hash;
    }
  }

  /// @param next where the next array stands in one
  private record RawBacktrace(VarHandle field, int next) implements Backtrace {
    static final int FRAMES = 32;

    private static final int METHODS = 0;
    private static final int POSITIONS = 1;
    private static final int CLASSES = 2;
    private static final long MULTIPLIER = 0x9E3779B97F4A7C15L;

    /// @param deep one with more frames than one array holds
    /// @throws IllegalStateException if the JVM keeps them in another way
    static RawBacktrace find(VarHandle field, Throwable deep) {
      Object[] chunk = (Object[]) field.get(deep);
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

    @Override
    public long hash(Throwable here) {
      long hash = 1;
      Object[] chunk = (Object[]) field.get(here);
      while (chunk != null) {
        short[] methods = (short[]) chunk[METHODS];
        int[] positions = (int[]) chunk[POSITIONS];
        Object[] classes = (Object[]) chunk[CLASSES];
        for (int i = 0; i < classes.length && classes[i] != null; i++) {
          long frame = (long) System.identityHashCode(classes[i]) << Integer.SIZE | positions[i];
          hash = mixed(hash, frame ^ (long) methods[i] << Short.SIZE);
        }
        chunk = (Object[]) chunk[next];
      }
      return hash;
    }

    static long mixed(long hash, long value) {
      long mixed = (hash ^ value) * MULTIPLIER;
      return mixed ^ mixed >>> Integer.SIZE;
    }
  }
}
