package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A container's folder, what it prints, and ways to look at its log.
record Printing(Path folder) {
  void out(String text) throws IOException {
    print(LogStream.STDOUT, text.getBytes(StandardCharsets.UTF_8));
  }

  void err(String text) throws IOException {
    print(LogStream.STDERR, text.getBytes(StandardCharsets.UTF_8));
  }

  void print(LogStream stream, byte[] text) throws IOException {
    Files.write(
        folder.resolve(stream.rawName()),
        text,
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  OutputStream open(LogStream stream) throws IOException {
    return Files.newOutputStream(
        folder.resolve(stream.rawName()), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /// Opens the log as a daemon does that finds an ended container, and takes over what is there.
  void takeOver(LogOptions options) throws Exception {
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, options)) {
      log.finish();
    }
  }

  List<LogEntry> entries(LogQuery query) throws Exception {
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, LogOptions.defaults())) {
      return all(log, query);
    }
  }

  static List<LogEntry> all(ContainerLog log, LogQuery query) throws Exception {
    try (LogCursor cursor = log.read(query)) {
      return rest(cursor);
    }
  }

  static List<LogEntry> rest(LogCursor cursor) throws Exception {
    List<LogEntry> entries = new ArrayList<>();
    for (Optional<LogEntry> entry = cursor.next(); entry.isPresent(); entry = cursor.next()) {
      entries.add(entry.get());
    }
    return entries;
  }

  List<String> texts() throws Exception {
    return texts(entries(LogQuery.everything()));
  }

  static List<String> texts(List<LogEntry> entries) {
    return entries.stream().map(LogEntry::text).toList();
  }

  String json() throws IOException {
    return Files.readString(folder.resolve("json.log"));
  }

  static LogOptions options(long maxBytes, int maxFiles) {
    return new LogOptions(maxBytes, maxFiles, LogOptions.defaults().attrs());
  }
}
