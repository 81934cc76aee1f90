package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.engine.Container;
import dev.groundhog.pouch.internal.engine.Engine;
import dev.groundhog.pouch.internal.engine.Exec;
import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.log.LogLagException;
import dev.groundhog.pouch.internal.log.LogStream;
import dev.groundhog.pouch.internal.log.OutputCursor;
import dev.groundhog.pouch.internal.run.StandardInput;
import dev.groundhog.pouch.internal.run.Terminal;
import dev.groundhog.pouch.internal.spec.ProcessConfig;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// `/containers/{id}/exec` and `/exec/…`: further processes in containers that run.
public final class ExecRoutes {
  private static final int OK = 200;
  private static final int CREATED = 201;

  /// Settings that are read, or are for the client alone.
  private static final Set<String> KNOWN =
      Set.of(
          "AttachStderr",
          "AttachStdin",
          "AttachStdout",
          "Cmd",
          "ConsoleSize",
          "Container",
          "Detach",
          "DetachKeys",
          "Env",
          "Tty",
          "User",
          "WorkingDir");

  private static final Map<String, String> REFUSED =
      Map.of("Privileged", "privileged processes (--privileged)");

  private final Engine engine;

  public ExecRoutes(Engine engine) {
    this.engine = engine;
  }

  public void addTo(Routes routes) {
    routes
        .on("POST", "/containers/{id}/exec", this::create)
        .on("POST", "/exec/{id}/start", this::start)
        .on("POST", "/exec/{id}/resize", this::resize)
        .on("GET", "/exec/{id}/json", this::inspect);
  }

  private Exec exec(Call call) {
    return engine.execs().get(call.variable("id"));
  }

  private void create(Call call) throws IOException {
    Container container = engine.get(call.variable("id"));
    JsonNode body = call.json();
    Fields.refuseOthers(body, KNOWN, REFUSED, "ExecConfig");
    List<String> command = Fields.strings(body, "Cmd");
    if (command.isEmpty()) {
      throw new ApiException(Code.BAD_REQUEST, "No exec command specified");
    }
    Exec.Streams streams =
        new Exec.Streams(
            Fields.flag(body, "AttachStdin"),
            Fields.flag(body, "AttachStdout"),
            Fields.flag(body, "AttachStderr"),
            Fields.text(body, "DetachKeys"));
    DetachKeys _ = DetachKeys.of(streams.detachKeys());
    boolean isTerminal = Fields.flag(body, "Tty");
    ProcessConfig process =
        ContainerRequests.fitting(
            new ProcessConfig(
                    List.of(),
                    command,
                    ContainerRequests.environment(Fields.strings(body, "Env")),
                    Fields.text(body, "WorkingDir"),
                    Fields.text(body, "User"),
                    isTerminal,
                    input(streams, isTerminal))
                .over(container.config().process()));
    call.json(CREATED, Map.of("Id", engine.execs().create(container, process, streams).id()));
  }

  private static ProcessConfig.Input input(Exec.Streams streams, boolean isTerminal) {
    return !streams.input()
        ? ProcessConfig.Input.NONE
        : isTerminal ? ProcessConfig.Input.OPEN : ProcessConfig.Input.ONCE;
  }

  private void start(Call call) throws IOException, InterruptedException {
    Exec exec = exec(call);
    boolean isDetached = Fields.flag(call.json(), "Detach");
    engine.execs().claim(exec);
    if (isDetached) {
      engine.execs().startDetached(exec);
      call.empty(OK);
    } else {
      call.hijack(new Attached(exec));
    }
  }

  private void resize(Call call) throws IOException, InterruptedException {
    Exec exec = exec(call);
    int rows = TerminalSize.rows(call);
    int columns = TerminalSize.columns(call);
    if (!exec.isRunning()) {
      throw new ApiException(Code.NOT_FOUND, "no such exec");
    }
    Terminal.resize(exec.folder(), rows, columns);
    call.empty(OK);
  }

  private void inspect(Call call) throws IOException {
    Exec exec = exec(call);
    Map<String, Object> process = new LinkedHashMap<>();
    process.put("tty", exec.process().isTerminal());
    process.put("entrypoint", exec.process().command().getFirst());
    process.put("arguments", exec.process().command().subList(1, exec.process().command().size()));
    process.put("privileged", false);
    process.put("user", exec.process().user());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("ID", exec.id());
    json.put("Running", exec.isRunning());
    json.put("ExitCode", exec.exitCode().isPresent() ? exec.exitCode().getAsInt() : null);
    json.put("ProcessConfig", process);
    json.put("OpenStdin", exec.streams().input());
    json.put("OpenStdout", exec.streams().output());
    json.put("OpenStderr", exec.streams().error());
    json.put("CanRemove", false);
    json.put("ContainerID", exec.container().id());
    json.put("DetachKeys", exec.streams().detachKeys());
    json.put("Pid", exec.pid());
    call.json(OK, json);
  }

  /// The client that starts a process and sees what it prints.
  private final class Attached implements Takeover {
    private final Exec exec;
    private Optional<OutputCursor> output = Optional.empty();
    private boolean isStarted;

    Attached(Exec exec) {
      this.exec = exec;
    }

    @Override
    public void run(Duplex connection) throws IOException, InterruptedException {
      Frames frames = new Frames(connection.out(), exec.process().isTerminal());
      isStarted = true;
      try {
        OutputCursor shown = engine.execs().startAttached(exec);
        output = Optional.of(shown);
        if (exec.streams().input()) {
          try (ClientInput input = input(connection, shown)) {
            frames.copy(shown);
            input.outputHasEnded();
          }
        } else {
          frames.copy(shown);
        }
      } catch (ApiException e) {
        frames.say(LogStream.STDOUT, String.valueOf(e.getMessage())); // as Docker does
      } catch (LogLagException e) {
        frames.say(LogStream.STDERR, "pouchd: " + e.getMessage());
      }
      connection.shutdownOutput();
    }

    private ClientInput input(Duplex connection, OutputCursor shown) {
      boolean isTerminal = exec.process().isTerminal();
      return new ClientInput(
          connection.in(),
          new ClientInput.Target() {
            @Override
            public StandardInput get() {
              return exec.input();
            }

            @Override
            public void abandon() throws IOException {
              exec.input().end();
            }
          },
          isTerminal ? ClientInput.AtEnd.LET_GO : ClientInput.AtEnd.END_INPUT,
          isTerminal ? Optional.of(DetachKeys.of(exec.streams().detachKeys())) : Optional.empty(),
          shown::end);
    }

    @Override
    public void close() {
      output.ifPresent(OutputCursor::close);
      if (!isStarted) {
        engine.execs().unclaim(exec);
      }
    }
  }
}
