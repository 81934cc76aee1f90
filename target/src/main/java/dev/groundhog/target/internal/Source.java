package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.target.TargetException;
import java.util.List;

/// Where dumps come from.
public sealed interface Source permits FileSource, HttpSource, JvmSource {
  String name();

  boolean changes();

  List<Dump> dumps() throws TargetException;
}
