package dev.groundhog.cli.internal;

import picocli.CommandLine.Option;

/// How facts are printed: for people, or as JSON for programs.
final class FormatOption {
  enum Format {
    text,
    json
  }

  @Option(
      names = "--format",
      paramLabel = "text|json",
      description = "for people (default), or one JSON object")
  private Format format = Format.text;

  boolean isJson() {
    return format == Format.json;
  }
}
