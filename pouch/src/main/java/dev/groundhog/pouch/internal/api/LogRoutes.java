package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.engine.Container;
import dev.groundhog.pouch.internal.engine.Engine;
import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.log.LogCursor;
import dev.groundhog.pouch.internal.log.LogEntry;
import dev.groundhog.pouch.internal.log.LogQuery;
import dev.groundhog.pouch.internal.log.LogStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// `/containers/{id}/logs`: what the article is about. A client that follows a silent log is not
/// written to, so nobody would notice that it has left.
public final class LogRoutes {
  /// As Docker writes times: always nine digits of a fraction.
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.nnnnnnnnn'Z' ").withZone(ZoneOffset.UTC);

  private final Engine engine;

  public LogRoutes(Engine engine) {
    this.engine = engine;
  }

  public void addTo(Routes routes) {
    routes.on("GET", "/containers/{id}/logs", this::logsContainer);
  }

  private void logsContainer(Call call) throws IOException, InterruptedException {
    Container container = engine.get(call.variable("id"));
    LogQuery query = query(call);
    try (LogCursor cursor = container.log().read(query);
        LogFrames frames =
            new LogFrames(
                call.stream("application/vnd.docker.raw-stream"),
                container.config().process().isTerminal())) {
      writeLogStream(cursor, call.flag("timestamps"), call.flag("details"), frames);
    }
  }

  private static LogQuery query(Call call) {
    Set<LogStream> streams = EnumSet.noneOf(LogStream.class);
    if (call.flag("stdout")) {
      streams.add(LogStream.STDOUT);
    }
    if (call.flag("stderr")) {
      streams.add(LogStream.STDERR);
    }
    if (streams.isEmpty()) {
      throw new ApiException(
          Code.BAD_REQUEST, "Bad parameters: you must choose at least one stream");
    }
    LogQuery query = LogQuery.everything().of(streams).tail(tail(call.query("tail")));
    Optional<String> since = call.query("since").filter(text -> !text.equals("0"));
    if (since.isPresent()) {
      query = query.since(Times.instant(since.get()));
    }
    Optional<String> until = call.query("until").filter(text -> !text.equals("0"));
    if (until.isPresent()) {
      query = query.until(Times.instant(until.get()));
    }
    return call.flag("follow") ? query.following() : query;
  }

  /// What is no number, or a negative one, stands for all.
  private static long tail(Optional<String> text) {
    try {
      long lines = Long.parseLong(text.orElse("all"));
      return lines < 0 ? LogQuery.ALL : lines;
    } catch (NumberFormatException _) {
      return LogQuery.ALL;
    }
  }

  /// Writes what comes, as frames of Docker's streams, or raw where there is only one, until there
  /// is no more or the client leaves.
  private static void writeLogStream(
      LogCursor cursor, boolean hasTimes, boolean hasDetails, LogFrames frames)
      throws IOException, InterruptedException {
    Optional<LogEntry> next = cursor.next();
    while (next.isPresent()) {
      LogEntry entry = next.get();
      frames.write(entry.stream(), payload(entry, hasTimes, hasDetails));
      if (cursor.isCaughtUp()) {
        frames.flush();
      }
      next = cursor.next();
    }
  }

  private static byte[] payload(LogEntry entry, boolean hasTimes, boolean hasDetails)
      throws IOException {
    if (!hasTimes && !hasDetails) {
      return entry.log();
    }
    StringBuilder prefix = new StringBuilder();
    if (hasTimes) {
      TIME.formatTo(entry.time(), prefix);
    }
    if (hasDetails) {
      prefix.append(
          entry.attrs().entrySet().stream()
              .map(attr -> attr.getKey() + "=" + attr.getValue())
              .sorted()
              .collect(Collectors.joining(",", "", " ")));
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(prefix.toString().getBytes(StandardCharsets.UTF_8));
    all.write(entry.log());
    return all.toByteArray();
  }
}
