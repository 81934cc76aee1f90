package dev.groundhog.endpoint.internal;

/// Finds the threads of this JVM.
public interface ThreadLister {
  /// Takes what is found.
  interface Visitor {
    /// @param container the name of the thread container that holds it, empty if not known
    void visit(Thread thread, String container);
  }

  /// Visits every thread that can be found. Threads that start or end meanwhile may be missing.
  void each(Visitor visitor);

  /// What is missing from the list, in a sentence; empty if nothing is.
  String missing();
}
