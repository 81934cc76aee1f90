package dev.groundhog.endpoint.internal;

import java.util.Arrays;

/// The platform threads, which public API tells.
public final class PlatformLister implements ThreadLister {
  @Override
  public void each(Visitor visitor) {
    ThreadGroup top = Thread.currentThread().getThreadGroup();
    while (top.getParent() != null) {
      top = top.getParent();
    }
    Thread[] found = new Thread[top.activeCount() + 16];
    int count = top.enumerate(found);
    while (count == found.length) {
      found = new Thread[found.length * 2];
      count = top.enumerate(found);
    }
    Arrays.stream(found, 0, count).forEach(thread -> visitor.visit(thread, ""));
  }

  @Override
  public String missing() {
    return "virtual threads are missing: load Groundhog's agent, or start Java with --add-exports"
        + " java.base/jdk.internal.vm=ALL-UNNAMED";
  }
}
