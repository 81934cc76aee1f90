package dev.groundhog.e2e.libraries;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;

/// One library as a program would use it in a test, and what the table says of it.
interface Library {
  Duration USUAL = Duration.ofMillis(500);

  String title();

  /// A class of it, whose jar tells the version.
  Class<?> from();

  /// What stops it, in Markdown.
  String stoppedBy();

  /// Where it takes a [ThreadFactory], in Markdown, if it does.
  Optional<String> takesFactory();

  /// Names of threads, each number as `N`, that must be caught when it is left open and named its
  /// threads itself.
  Set<String> caught();

  /// Who may be there after it was stopped, or uncaught when it was left open.
  List<Stay> stays();

  /// How long its threads take to end once it was stopped: what the check has to be given.
  default Duration within() {
    return USUAL;
  }

  /// Starts what it needs and what is not on trial, such as a server for a client; before the test.
  default AutoCloseable prepare() throws Exception {
    return () -> {};
  }

  /// @param factory makes its threads, where it takes one
  Started start(Optional<ThreadFactory> factory) throws Exception;

  /// What runs.
  interface Started {
    /// Does so much that all of its threads are there.
    void use() throws Exception;

    void stop() throws Exception;
  }
}
