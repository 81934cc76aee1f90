package dev.groundhog.agent.internal.proof;

import java.lang.ref.GroundhogHandles1;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;

/// Handles of threads that stay in the list that they are in. For one thread.
final class Handles {
  private final List<Reference<Thread>> handles = new ArrayList<>();

  void add(Thread thread) {
    handles.add(GroundhogHandles1.of(thread));
  }

  int size() {
    return handles.size();
  }

  /// Those that a collection has not reached, in the order in which they were added.
  List<Thread> found() {
    List<Thread> found = new ArrayList<>();
    for (Reference<Thread> handle : handles) {
      if (GroundhogHandles1.wasFound(handle)) {
        found.add(GroundhogHandles1.referent(handle));
      }
    }
    return found;
  }

  void close() {
    handles.forEach(GroundhogHandles1::drop);
    handles.clear();
  }
}
