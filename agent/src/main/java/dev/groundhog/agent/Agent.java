package dev.groundhog.agent;

import dev.groundhog.agent.internal.AgentOptions;
import dev.groundhog.agent.internal.CommandLine;
import dev.groundhog.agent.internal.Doors;
import dev.groundhog.agent.internal.MeetingPoint;
import dev.groundhog.agent.internal.Questions;
import dev.groundhog.agent.internal.births.BirthWatch;
import dev.groundhog.agent.internal.proof.ContinuousProofs;
import dev.groundhog.agent.internal.proof.LiveProver;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.ThisJvm;
import dev.groundhog.endpoint.Watch;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The agent in one JVM. There is one: a second load finds it at the meeting point and changes its
/// options. It throws nothing into the program: what fails is told in one line.
public final class Agent implements Function<Map<String, String>, String> {
  private final Doors doors;
  private final Questions questions;

  private Agent(Instrumentation instrumentation) {
    BirthWatch births = new BirthWatch(instrumentation, ThisJvm.open()::ids);
    LiveProver prover = new LiveProver(instrumentation);
    ThisJvm jvm = ThisJvm.open(instrumentation::getAllLoadedClasses, births, prover);
    Watch watch = new Watch(jvm);
    doors =
        new Doors(
            watch, births::use, new ContinuousProofs(prover, jvm)::use, new OnFirstUse(watch));
    questions = new Questions(jvm, births);
  }

  /// Starts what the options ask for.
  ///
  /// @param options the text behind `-javaagent:….jar=`; empty for nothing
  /// @return one line for people: where it listens, or what failed
  public static String start(String options, Instrumentation instrumentation) {
    Agent agent;
    String line;
    try {
      open(instrumentation);
      agent = new Agent(instrumentation);
      line = agent.change(options);
    } catch (RuntimeException | Error e) {
      return "the agent is off: " + e;
    }
    try {
      MeetingPoint.publish(agent);
      return line;
    } catch (IOException | RuntimeException | Error e) {
      return line + "; a second load will not find it (" + e.getMessage() + ")";
    }
  }

  /// Takes `options` of a second load, or answers what a library of ours asks.
  @Override
  public String apply(Map<String, String> asked) {
    try {
      String question = asked.get("ask");
      return question != null
          ? questions.answer(question, asked)
          : change(asked.getOrDefault("options", ""));
    } catch (RuntimeException | Error e) {
      return "nothing has changed: " + e;
    }
  }

  private String change(String options) {
    try {
      return doors.change(AgentOptions.parse(options));
    } catch (IllegalArgumentException | IOException e) {
      return doors.failed(String.valueOf(e.getMessage()));
    }
  }

  /// Lets us, and nobody else, see the JDK's registry of threads, their labels, who owns a lock and
  /// where threads start, and define the meeting point.
  private static void open(Instrumentation instrumentation) {
    Set<Module> us = new HashSet<>(List.of(Agent.class.getModule(), ThisJvm.class.getModule()));
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of("jdk.internal.vm", us),
        Map.of(
            "java.lang",
            us,
            "java.lang.ref",
            us,
            "java.util.concurrent",
            us,
            "java.util.concurrent.locks",
            us,
            "jdk.internal.misc",
            us,
            "jdk.internal.vm",
            us),
        Set.of(),
        Map.of());
  }

  /// The endpoint, made when somebody asks: a program must not wait for what it may not need.
  private static final class OnFirstUse implements Supplier<DebugEndpoint> {
    private final Watch watch;
    private @Nullable DebugEndpoint endpoint;

    OnFirstUse(Watch watch) {
      this.watch = watch;
    }

    @Override
    public synchronized DebugEndpoint get() {
      DebugEndpoint made = endpoint;
      if (made == null) {
        made = new DebugEndpoint(watch, CommandLine.ofThisJvm());
        endpoint = made;
      }
      return made;
    }
  }
}
