package dev.groundhog.agent;

import dev.groundhog.agent.internal.AgentOptions;
import dev.groundhog.agent.internal.CommandLine;
import dev.groundhog.agent.internal.Listener;
import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.ThisJvm;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The agent in one JVM.
public final class Agent {
  private Agent() {}

  /// Starts what the options ask for. Never throws: what fails is told in one line on standard
  /// error, and the program runs on.
  ///
  /// @param options `address=HOST:PORT`; empty for nothing
  public static void start(String options, Instrumentation instrumentation) {
    try {
      AgentOptions wanted = AgentOptions.parse(options);
      open(instrumentation);
      if (wanted.address().isPresent()) {
        listen(wanted.address().get());
      }
    } catch (IllegalArgumentException | IOException e) {
      System.err.println("groundhog: the agent is off: " + e.getMessage());
    }
  }

  /// Lets us see the JDK's registry of threads, and nobody else.
  private static void open(Instrumentation instrumentation) {
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of("jdk.internal.vm", Set.of(ThisJvm.class.getModule())),
        Map.of(),
        Set.of(),
        Map.of());
  }

  private static void listen(InetSocketAddress address) throws IOException {
    AccessRule rule = AccessRule.loopback(address);
    Listener listener = Listener.start(address, new OnFirstUse(), rule);
    listener.closeAtExit();
    if (!rule.canTellPeers()) {
      System.err.println("groundhog: users cannot be told apart here, so nobody will be let in");
    }
    System.err.println("groundhog: listening on http://" + listener.address());
  }

  /// The endpoint, made when somebody asks: a program must not wait for what it may not need.
  private static final class OnFirstUse implements Supplier<DebugEndpoint> {
    private @Nullable DebugEndpoint endpoint;

    @Override
    public synchronized DebugEndpoint get() {
      DebugEndpoint made = endpoint;
      if (made == null) {
        made = new DebugEndpoint(ThisJvm.open(), CommandLine.ofThisJvm());
        endpoint = made;
      }
      return made;
    }
  }
}
