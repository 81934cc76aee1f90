package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.log.LogStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/// How much a container had printed before it was started: what a runtime prints where the
/// container did not start is no output of it.
record RawOutput(Map<Path, Long> bytes) {
  RawOutput {
    bytes = Map.copyOf(bytes);
  }

  static RawOutput of(Path folder) throws IOException {
    Map<Path, Long> bytes = new LinkedHashMap<>();
    for (LogStream stream : LogStream.values()) {
      Path file = folder.resolve(stream.rawName());
      try {
        bytes.put(file, Files.size(file));
      } catch (NoSuchFileException _) {
        bytes.put(file, 0L);
      }
    }
    return new RawOutput(bytes);
  }

  /// Takes off what came since. Nobody may be reading or writing.
  void restore() throws IOException {
    for (Map.Entry<Path, Long> each : bytes.entrySet()) {
      if (Files.exists(each.getKey())) {
        try (FileChannel file = FileChannel.open(each.getKey(), StandardOpenOption.WRITE)) {
          file.truncate(each.getValue());
        }
      }
    }
  }
}
