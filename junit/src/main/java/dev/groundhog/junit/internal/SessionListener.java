package dev.groundhog.junit.internal;

import java.lang.System.Logger.Level;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/// Says at the end of the run, which JUnit's launcher may have cut into several plans, what only
/// the whole of it can tell.
public final class SessionListener implements LauncherSessionListener {
  private static final System.Logger LOG = System.getLogger(SessionListener.class.getName());

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    RunMemory.opened();
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    try {
      if (RunMemory.closed()) {
        RunMemory.current().end();
      }
    } catch (RuntimeException | LinkageError e) {
      LOG.log(Level.WARNING, "the end of the check for leaked threads failed: " + e);
    }
  }
}
