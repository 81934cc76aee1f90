package dev.groundhog.pouch.internal.log;

import java.io.IOException;

/// A reader was so slow that what it has not read yet is no longer kept.
public final class LogLagException extends IOException {
  private static final long serialVersionUID = 1;

  LogLagException(String message) {
    super(message);
  }
}
