package jdk.internal.vm;

import java.util.function.Consumer;

/**
 * What the JDK's own code calls when a thread starts and ends, once the agent has put the calls
 * there. The agent defines this class in {@code java.base}, beside the class that calls it. Nothing
 * is ever thrown to the thread that starts another one, or that ends, and of a thread only what is
 * final is called: a program's subclass must not be run here.
 */
public final class GroundhogBirths1 {
  /** Called on the thread that starts another one, before that runs; null while nobody asks. */
  public static volatile Consumer<Thread> started;

  /** Called when a thread has ended, or could not be started; null while nobody asks. */
  public static volatile Consumer<Thread> ended;

  /**
   * A thread that never starts; null again once {@link #removed} or {@link #exiting} has been
   * called with it.
   */
  public static volatile Thread canary;

  private GroundhogBirths1() {}

  /** A container has taken a thread in; platform threads are told of by {@link #starting}. */
  public static void added(Thread thread) {
    if (thread != canary) {
      tell(started, thread, true);
    }
  }

  /** A container lets a thread go. */
  public static void removed(Thread thread) {
    if (thread == canary) {
      canary = null;
    } else {
      tell(ended, thread, true);
    }
  }

  /** A thread of the operating system is asked for. */
  public static void starting(Thread thread) {
    tell(started, thread, false);
  }

  /** It could not be started, which is no news of one that was started before. */
  public static void refused(Thread thread) {
    if (!thread.isAlive()) {
      exiting(thread);
    }
  }

  /** A thread of the operating system ends. */
  public static void exiting(Thread thread) {
    if (thread == canary) {
      canary = null;
    } else {
      tell(ended, thread, false);
    }
  }

  private static void tell(Consumer<Thread> who, Thread thread, boolean isVirtual) {
    if (who != null) {
      try {
        if (thread.isVirtual() == isVirtual) {
          who.accept(thread);
        }
      } catch (Throwable e) {
        // a thread must start and end as if nobody looked
      }
    }
  }
}
