package dev.groundhog.dump.internal.jvm;

import dev.groundhog.dump.Frame;
import dev.groundhog.dump.LockRef;
import dev.groundhog.dump.internal.jvm.JvmThread.Wait;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The lines below a thread's header, which both of the JVM's text formats share: frames, and what
/// is locked or waited for there.
final class ThreadText {
  private static final Pattern OWNER = Pattern.compile(", owner #(\\d{1,18})");

  private final FrameCache cache;
  private final JvmThread thread;
  private boolean waitsOnUnnamed;

  ThreadText(FrameCache cache, JvmThread thread) {
    this.cache = cache;
    this.thread = thread;
  }

  JvmThread thread() {
    return thread;
  }

  /// Takes `at F(file:1)`, `F(file:1)` or `- waiting on <…>`, without its indentation. False if it
  /// is none.
  boolean take(String line) {
    if (line.startsWith("- ")) {
      lock(line.substring(2));
      return true;
    }
    String text = line.startsWith("at ") ? line.substring(3) : line;
    Optional<Frame> frame = cache.get(text);
    frame.ifPresent(thread::frame);
    return frame.isPresent();
  }

  private void lock(String text) {
    Optional<LockRef> lock = lockRef(text);
    if (text.startsWith("waiting on") || text.startsWith("waiting to re-lock")) {
      waitsOnUnnamed = lock.isEmpty();
    }
    if (lock.isEmpty()) {
      return;
    }
    if (text.startsWith("parking to wait for")) {
      thread.waitsFor(lock.get(), Wait.PARKING);
      owner(text);
    } else if (text.startsWith("waiting to ")) {
      thread.waitsFor(lock.get(), Wait.ENTERING);
      owner(text);
    } else if (text.startsWith("waiting on")) {
      thread.waitsFor(lock.get(), Wait.NOTIFICATION);
    } else if (text.startsWith("locked") && waitsOnUnnamed) {
      // Compiled code loses the object of Object.wait; its caller's monitor is that object.
      waitsOnUnnamed = false;
      thread.waitsFor(lock.get(), Wait.NOTIFICATION);
    } else if (text.startsWith("locked") || text.startsWith("<")) {
      thread.holds(lock.get());
    }
  }

  private void owner(String text) {
    Matcher owner = OWNER.matcher(text);
    if (owner.find()) {
      thread.owner = JvmFacts.number(owner.group(1));
    }
  }

  /// `<0x0000a> (a java.lang.Object)` or `<java.lang.Object@79f29817>`.
  private static Optional<LockRef> lockRef(String text) {
    int open = text.indexOf('<');
    int close = text.indexOf('>', open + 1);
    if (open < 0 || close < 0) {
      return Optional.empty();
    }
    String inside = text.substring(open + 1, close);
    int type = text.indexOf("(a ", close);
    int end = text.indexOf(')', close);
    if (type >= 0 && end > type) {
      return Optional.of(new LockRef(text.substring(type + 3, end), withoutZeros(inside)));
    }
    return inside.indexOf('@') > 0 ? Optional.of(JvmFacts.lock(inside)) : Optional.empty();
  }

  private static String withoutZeros(String address) {
    int start = address.startsWith("0x") ? 2 : 0;
    while (start > 0 && start < address.length() - 1 && address.charAt(start) == '0') {
      start++;
    }
    return address.substring(start);
  }
}
