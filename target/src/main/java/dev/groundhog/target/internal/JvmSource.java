package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.KnownFunctions;
import dev.groundhog.target.MarkedFunctions;
import dev.groundhog.target.TargetException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// A JVM by its PID: through the agent where one listens, else with nothing loaded into it and
/// nothing left on its disk.
public record JvmSource(long processId) implements Source {
  private static final Duration MAX_AGENT = JvmAttach.LIMIT;

  /// A collection of a large heap takes its time.
  private static final Duration MAX_PROOF = Duration.ofMinutes(2);

  @Override
  public String name() {
    return "PID " + processId;
  }

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public OptionalLong pid() {
    return OptionalLong.of(processId);
  }

  @Override
  public List<Dump> dumps() throws TargetException {
    Optional<AgentAddress> agent = AgentAddress.find(processId);
    if (agent.isPresent()) {
      try (Watchdog watchdog = new Watchdog("agent-" + processId, MAX_AGENT)) {
        try (InputStream dump = AgentHttp.get(agent.get(), HttpSource.WHOLE, watchdog)) {
          return Reading.all(name(), dump);
        } catch (IOException e) {
          // What the agent does not tell, the JVM itself may.
          if (watchdog.barked()) {
            throw new TargetException(
                TargetException.Code.TIMEOUT,
                "the agent of PID " + processId + " did not answer: is the process stopped?",
                e);
          }
        }
      }
    }
    return JvmAttach.dump(processId);
  }

  @Override
  public List<Dump> proven(Duration minWait) throws TargetException {
    AgentAddress agent =
        AgentAddress.find(processId)
            .orElseThrow(() ->
                new TargetException(
                    TargetException.Code.USAGE,
                    name()
                        + " has no agent that you may ask, which alone can prove leaks:"
                        + " 'groundhog agent "
                        + processId
                        + "' loads it"));
    try (Watchdog watchdog = new Watchdog("agent-" + processId, MAX_PROOF);
        InputStream dump =
            AgentHttp.get(agent, HttpSource.WHOLE + HttpSource.prove(minWait), watchdog)) {
      return Reading.all(name(), dump);
    } catch (IOException e) {
      throw new TargetException(
          TargetException.Code.UNREACHABLE, name() + ": nothing was proven: " + e.getMessage(), e);
    }
  }

  @Override
  public MarkedFunctions markedFunctions() throws TargetException {
    AgentAddress agent =
        AgentAddress.find(processId)
            .orElseThrow(() ->
                cannotTell(
                    "no agent listens there that you may ask, 'groundhog agent "
                        + processId
                        + "' loads it"));
    try (Watchdog watchdog = new Watchdog("agent-" + processId, MAX_AGENT);
        InputStream body = AgentHttp.get(agent, MarkedJson.PATH, watchdog)) {
      return MarkedJson.read(body)
          .orElseThrow(() -> new IOException("the agent's answer is no list of functions"));
    } catch (IOException e) {
      throw new TargetException(
          TargetException.Code.UNREACHABLE,
          name()
              + " does not tell which functions are marked @LeakProne ("
              + e.getMessage()
              + "): restart it with a newer agent, or name functions, as in --absent Server.logs",
          e);
    }
  }

  @Override
  public KnownFunctions knownFunctions(Dump dump) {
    return JvmFunctions.of(processId, dump)
        .or(() ->
            AgentAddress.find(processId)
                .map(agent -> KnownFunctions.asked(pattern -> told(agent, pattern), dump)))
        .orElseGet(() -> KnownFunctions.seenIn(dump));
  }

  private Optional<KnownFunctions.Told> told(AgentAddress agent, FunctionPattern pattern) {
    try (Watchdog watchdog = new Watchdog("agent-" + processId, MAX_AGENT)) {
      return AgentFunctions.told(pattern, path -> AgentHttp.get(agent, path, watchdog));
    }
  }
}
