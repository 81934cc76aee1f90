package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.engine.Container;
import dev.groundhog.pouch.internal.engine.Engine;
import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.log.ContainerLog;
import dev.groundhog.pouch.internal.log.LogCursor;
import dev.groundhog.pouch.internal.log.LogEntry;
import dev.groundhog.pouch.internal.log.LogLagException;
import dev.groundhog.pouch.internal.log.LogQuery;
import dev.groundhog.pouch.internal.log.LogStream;
import dev.groundhog.pouch.internal.log.OutputCursor;
import dev.groundhog.pouch.internal.run.StandardInput;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// `/containers/{id}/attach`: a client is connected with a container's streams, also of one that is
/// not started yet.
public final class AttachRoutes {
  private final Engine engine;

  public AttachRoutes(Engine engine) {
    this.engine = engine;
  }

  public void addTo(Routes routes) {
    routes.on("POST", "/containers/{id}/attach", this::attach);
  }

  private void attach(Call call) throws IOException, InterruptedException {
    Container container = engine.get(call.variable("id"));
    ProcessConfig process = container.config().process();
    DetachKeys keys = DetachKeys.of(call.query("detachKeys").orElse(""));
    Set<LogStream> streams = EnumSet.noneOf(LogStream.class);
    if (call.flag("stdout")) {
      streams.add(LogStream.STDOUT);
    }
    if (call.flag("stderr") && !process.isTerminal()) {
      streams.add(LogStream.STDERR);
    }
    boolean hasInput = call.flag("stdin") && process.input() != ProcessConfig.Input.NONE;
    ContainerLog log = container.log();
    Attached attached;
    if (!call.flag("stream")) {
      attached = new Attached(container, keys, false, past(call, log, streams), Optional.empty());
    } else if (call.flag("logs") && !streams.isEmpty()) {
      ContainerLog.PastAndOutput both = log.pastAndOutput(streams);
      attached =
          new Attached(
              container, keys, hasInput, Optional.of(both.past()), Optional.of(both.output()));
    } else if (hasInput || !streams.isEmpty()) {
      attached =
          new Attached(
              container, keys, hasInput, Optional.empty(), Optional.of(log.output(streams)));
    } else {
      attached = new Attached(container, keys, false, Optional.empty(), Optional.empty());
    }
    engine.attached(container);
    call.hijack(attached);
  }

  private static Optional<LogCursor> past(Call call, ContainerLog log, Set<LogStream> streams)
      throws IOException, InterruptedException {
    return call.flag("logs") && !streams.isEmpty()
        ? Optional.of(log.read(LogQuery.everything().of(streams)))
        : Optional.empty();
  }

  /// One client. It holds its place in the output from before the answer, so that a container that
  /// is started behind that answer is seen from its first byte.
  private final class Attached implements Takeover {
    private final Container container;
    private final DetachKeys keys;
    private final boolean hasInput;
    private final Optional<LogCursor> past;
    private final Optional<OutputCursor> output;

    Attached(
        Container container,
        DetachKeys keys,
        boolean hasInput,
        Optional<LogCursor> past,
        Optional<OutputCursor> output) {
      this.container = container;
      this.keys = keys;
      this.hasInput = hasInput;
      this.past = past;
      this.output = output;
    }

    @Override
    public void run(Duplex connection) throws IOException, InterruptedException {
      Frames frames = new Frames(connection.out(), container.config().process().isTerminal());
      try {
        if (output.isPresent() && hasInput) {
          try (ClientInput input = input(connection, output.get())) {
            copy(frames);
            input.outputHasEnded();
            if (input.isDetached()) {
              engine.detached(container);
            }
          }
        } else {
          copy(frames);
        }
      } catch (LogLagException | ApiException e) {
        frames.say(LogStream.STDERR, "pouchd: " + e.getMessage());
      }
      connection.shutdownOutput();
    }

    private ClientInput input(Duplex connection, OutputCursor shown) {
      ProcessConfig process = container.config().process();
      boolean isOnce = process.input() == ProcessConfig.Input.ONCE && !process.isTerminal();
      return new ClientInput(
          connection.in(),
          new ClientInput.Target() {
            @Override
            public StandardInput get() throws InterruptedException {
              return container.awaitInput();
            }

            @Override
            public void abandon() throws IOException {
              container.abandonInput();
            }
          },
          isOnce ? ClientInput.AtEnd.END_INPUT : ClientInput.AtEnd.LET_GO,
          process.isTerminal() ? Optional.of(keys) : Optional.empty(),
          shown::end);
    }

    private void copy(Frames frames) throws IOException, InterruptedException {
      if (past.isPresent()) {
        Optional<LogEntry> next = past.get().next();
        while (next.isPresent()) {
          frames.write(next.get());
          next = past.get().next();
        }
      }
      if (output.isPresent()) {
        frames.copy(output.get());
      }
    }

    @Override
    public void close() {
      past.ifPresent(LogCursor::close);
      output.ifPresent(OutputCursor::close);
    }
  }
}
