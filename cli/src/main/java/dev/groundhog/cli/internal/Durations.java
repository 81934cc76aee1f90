package dev.groundhog.cli.internal;

import java.time.Duration;
import picocli.CommandLine;

/// A duration as an option of the command line.
final class Durations implements CommandLine.ITypeConverter<Duration> {
  @Override
  public Duration convert(String value) {
    try {
      return dev.groundhog.leak.Durations.parse(value);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(e.getMessage());
    }
  }
}
