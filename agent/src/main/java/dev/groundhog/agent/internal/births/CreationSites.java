package dev.groundhog.agent.internal.births;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.LiveThreads;
import dev.groundhog.leak.Origin;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The stacks that start threads, each held once. A stack is known again by what the JVM keeps in a
/// `Throwable` for it, so that only a new one is turned into names, by a thread that meets it.
/// Nobody waits: where two threads meet a new one, one of them wins.
///
/// Bounded: 10,000 stacks of 64 frames; what comes later is counted together, virtual threads and
/// platform threads apart.
final class CreationSites {
  static final int MAX_SITES = 10_000;
  static final int MAX_FRAMES = 64;

  /// How often the names of a stack are tried.
  static final int MAX_TRIES = 3;

  /// Twice as many as are used, at least.
  private static final int PLACES = 1 << 15;

  private static final int SHARED_FRAMES = 1 << 13;

  /// What is told of a start, above everything else: the method reference of the second is a frame
  /// where the JVM shows hidden ones.
  private static final List<String> OURS =
      List.of(
          Recording.class.getName() + ".",
          BirthWatch.class.getName() + "$$",
          BirthHooks.NAME + ".");

  /// What starts a thread for whoever asks for one.
  private static final List<String> STARTERS =
      List.of(
          "java.lang.Thread",
          "java.lang.VirtualThread",
          "java.lang.System$",
          "java.util.concurrent.",
          "jdk.internal.vm.",
          "jdk.internal.misc.ThreadFlock");

  /// What starts carriers, for a virtual thread that is to run or in place of a carrier that is
  /// about to block: they are the JDK's own, whoever needs one more.
  private static final Pattern SCHEDULER =
      Pattern.compile(
          "java\\.lang\\.VirtualThread\\.\\w*[sS]ubmitRunContinuation\\w*"
              + "|jdk\\.internal\\.misc\\.CarrierThread\\.beginBlocking");

  private final AtomicReferenceArray<Known> places = new AtomicReferenceArray<>(PLACES);
  private final AtomicReferenceArray<CreationSite> sites =
      new AtomicReferenceArray<>(MAX_SITES + 2);

  /// Sites have most of their frames in common; the latest of each hash is shared.
  private final AtomicReferenceArray<Frame> frames = new AtomicReferenceArray<>(SHARED_FRAMES);

  private final AtomicInteger size = new AtomicInteger();
  private final AtomicInteger resolved = new AtomicInteger();
  private final CreationSite otherVirtual = new CreationSite(MAX_SITES, true);
  private final CreationSite otherPlatform = new CreationSite(MAX_SITES + 1, false);
  private final Namers namers = new Namers();
  private final Backtrace backtrace;
  private final UnaryOperator<CallStack> taken;

  private record Known(Backtrace.Key key, CreationSite site) {}

  CreationSites() {
    this(Backtrace.find(), UnaryOperator.identity());
  }

  /// @param taken what is done with each stack that has been turned into names
  CreationSites(Backtrace backtrace, UnaryOperator<CallStack> taken) {
    this.backtrace = backtrace;
    this.taken = taken;
    sites.set(otherVirtual.number(), otherVirtual);
    sites.set(otherPlatform.number(), otherPlatform);
  }

  /// The site of `here`, which the starting thread has made. Give it to [#name] too, once the birth
  /// is recorded.
  CreationSite of(Throwable here, boolean isVirtual) {
    if (backtrace.turnsIntoNames()) {
      resolved.getAndIncrement();
    }
    long hash = backtrace.hash(here);
    int place = (int) (hash >>> Integer.SIZE) & (PLACES - 1);
    while (true) {
      Known known = places.get(place);
      if (known == null) {
        if (size.get() >= MAX_SITES) {
          return others(isVirtual);
        }
        Backtrace.Key key = backtrace.key(hash, here);
        CreationSite fresh = fresh(isVirtual);
        if (fresh.number() >= MAX_SITES
            || places.compareAndSet(place, null, new Known(key, fresh))) {
          return fresh;
        }
        sites.set(fresh.number(), null);
        known = places.get(place);
      }
      if (known.key.hash() == hash && known.key.isOf(here)) {
        return known.site;
      }
      place = (place + 1) & (PLACES - 1);
    }
  }

  private CreationSite others(boolean isVirtual) {
    return isVirtual ? otherVirtual : otherPlatform;
  }

  private CreationSite fresh(boolean isVirtual) {
    int number = size.getAndIncrement();
    if (number >= MAX_SITES) {
      return others(isVirtual);
    }
    CreationSite site = new CreationSite(number, isVirtual);
    sites.set(number, site); // before anybody can find it
    return site;
  }

  /// Turns the stack of a site into names if that has not been done. If it fails, the next thread
  /// that the site starts may try again.
  void name(CreationSite site, Throwable here) {
    if (!site.isNameless() || site.number() >= MAX_SITES) {
      return;
    }
    int slot = namers.enter();
    if (slot >= 0) {
      try {
        site.name(MAX_TRIES, () -> names(here));
      } finally {
        namers.leave(slot);
      }
    }
  }

  private CallStack names(Throwable here) {
    StackTraceElement[] elements = here.getStackTrace();
    if (!backtrace.turnsIntoNames()) {
      resolved.getAndIncrement();
    }
    return taken.apply(shared(told(elements)));
  }

  private CallStack shared(CallStack stack) {
    List<Frame> shared = stack.frames().stream().map(this::shared).toList();
    return new CallStack(shared, stack.elidedAfter(), stack.elided());
  }

  private Frame shared(Frame frame) {
    int place = frame.hashCode() & (SHARED_FRAMES - 1);
    Frame known = frames.get(place);
    if (frame.equals(known)) {
      return known;
    }
    frames.set(place, frame);
    return frame;
  }

  /// Whether the current thread is just turning a stack into names: what it starts meanwhile is
  /// ours.
  boolean isNaming() {
    return namers.has(Thread.currentThread().threadId());
  }

  /// The site with this number.
  CreationSite numbered(int number) {
    CreationSite site = sites.get(number);
    return site == null ? otherVirtual : site;
  }

  /// Every site; those for what came too late have no stack.
  Stream<CreationSite> all() {
    return IntStream.rangeClosed(0, MAX_SITES + 1)
        .mapToObj(sites::get)
        .filter(site -> site != null && site.hasStarted());
  }

  /// How often a stack was turned into names.
  int resolved() {
    return resolved.get();
  }

  /// The creator's own frames first: without what the JDK does in between, such as an executor, a
  /// timer or a client that starts threads of its own. Where there is nothing but the JDK, all of
  /// it; of a carrier the JDK's scheduler alone.
  static CallStack told(StackTraceElement[] elements) {
    List<Frame> all =
        Arrays.stream(elements)
            .map(LiveThreads::frame)
            .dropWhile(frame -> isOneOf(OURS, frame))
            .toList();
    List<Frame> scheduler =
        all.stream()
            .takeWhile(CreationSites::isJdk)
            .filter(frame -> SCHEDULER.matcher(frame.function()).matches())
            .toList();
    List<Frame> told =
        scheduler.isEmpty()
            ? behind(behind(all, frame -> isOneOf(STARTERS, frame)), CreationSites::isJdk)
            : scheduler;
    return told.size() <= MAX_FRAMES
        ? new CallStack(told)
        : new CallStack(told.subList(0, MAX_FRAMES), MAX_FRAMES, told.size() - MAX_FRAMES);
  }

  private static boolean isOneOf(List<String> prefixes, Frame frame) {
    return prefixes.stream().anyMatch(frame.function()::startsWith);
  }

  private static boolean isJdk(Frame frame) {
    return Origin.isJdk(frame.function());
  }

  /// `frames` without the first ones that are `unwanted`, unless nothing is left.
  private static List<Frame> behind(List<Frame> frames, Predicate<Frame> unwanted) {
    List<Frame> left = frames.stream().dropWhile(unwanted).toList();
    return left.isEmpty() ? frames : left;
  }
}
