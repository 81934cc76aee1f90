package jdk.internal.vm;

import java.util.function.Consumer;

/**
 * What the JDK's own code calls when a thread starts and ends, once the agent has put the calls
 * there. The agent defines this class in {@code java.base}, beside the class that calls it. Nothing
 * is ever thrown to the thread that starts another one, or that ends.
 */
public final class GroundhogBirths1 {
  /** Called on the thread that starts another one, before that runs; null while nobody asks. */
  public static volatile Consumer<Thread> started;

  /** Called when a thread has ended, or could not be started; null while nobody asks. */
  public static volatile Consumer<Thread> ended;

  /** A thread that never starts; null again once {@link #removed} has been called with it. */
  public static volatile Thread canary;

  private GroundhogBirths1() {}

  /** A container takes a thread in; platform threads are told of by {@link #starting}. */
  public static void added(Thread thread) {
    if (thread.isVirtual()) {
      tell(started, thread);
    }
  }

  /** A container lets a thread go. */
  public static void removed(Thread thread) {
    if (thread == canary) {
      canary = null;
    } else if (thread.isVirtual()) {
      tell(ended, thread);
    }
  }

  /** A thread of the operating system is asked for. */
  public static void starting(Thread thread) {
    if (!thread.isVirtual()) {
      tell(started, thread);
    }
  }

  /** It could not be started, which is no news of one that was started before. */
  public static void refused(Thread thread) {
    if (thread.getState() == Thread.State.NEW) {
      exiting(thread);
    }
  }

  /** A thread of the operating system ends. */
  public static void exiting(Thread thread) {
    if (!thread.isVirtual()) {
      tell(ended, thread);
    }
  }

  private static void tell(Consumer<Thread> who, Thread thread) {
    if (who != null) {
      try {
        who.accept(thread);
      } catch (Throwable e) {
        // a thread must start and end as if nobody looked
      }
    }
  }
}
