package dev.groundhog.cli.internal;

import dev.groundhog.leak.FunctionPattern;
import picocli.CommandLine;

/// Reads how a person names functions; a malformed pattern is wrong usage.
final class FunctionPatterns implements CommandLine.ITypeConverter<FunctionPattern> {
  @Override
  public FunctionPattern convert(String value) {
    try {
      return FunctionPattern.parse(value);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
    }
  }
}
