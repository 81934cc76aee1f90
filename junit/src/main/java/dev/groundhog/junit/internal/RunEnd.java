package dev.groundhog.junit.internal;

import dev.groundhog.junit.internal.RunOptions.Unused;

/// The end of a run of JUnit's engine, behind the checks of all classes and of the run itself.
final class RunEnd implements AutoCloseable {
  /// @throws AssertionError if an ignore expected nothing, and that is to fail
  @Override
  public void close() {
    RunMemory run = RunMemory.current();
    if (run.options().unusedIgnores() != Unused.FAIL) {
      return;
    }
    UnusedIgnores unused = run.ignores().untold(run.ignores().unused(run.tests()).onlySure());
    if (!unused.areNone()) {
      run.ignores().told(unused.sure());
      throw new AssertionError(unused.text());
    }
  }
}
