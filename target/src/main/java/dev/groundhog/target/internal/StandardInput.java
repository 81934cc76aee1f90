package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.target.TargetException;
import java.util.List;

/// Standard input, which can be read once.
public record StandardInput() implements Source {
  @Override
  public String name() {
    return "standard input";
  }

  @Override
  public boolean changes() {
    return false;
  }

  @Override
  public List<Dump> dumps() throws TargetException {
    return Reading.all(name(), System.in);
  }
}
