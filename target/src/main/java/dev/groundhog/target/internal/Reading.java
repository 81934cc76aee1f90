package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.target.TargetException;
import java.io.InputStream;
import java.util.List;

/// The dumps of a stream, failures told in this module's words.
final class Reading {
  private Reading() {}

  static List<Dump> all(String name, InputStream input) throws TargetException {
    try {
      return DumpReader.readAll(input);
    } catch (DumpException e) {
      TargetException.Code code =
          switch (e.code()) {
            case UNKNOWN_FORMAT, TOO_LARGE -> TargetException.Code.NOT_A_DUMP;
            case IO -> TargetException.Code.UNREACHABLE;
          };
      throw new TargetException(code, name + ": " + e.getMessage(), e);
    }
  }
}
