package dev.groundhog.agent.internal;

import dev.groundhog.agent.internal.births.BirthWatch.Mode;
import dev.groundhog.endpoint.AccessRule;
import dev.groundhog.endpoint.DebugEndpoint;
import dev.groundhog.endpoint.OwnThread;
import dev.groundhog.endpoint.Watch;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// What the agent has open in this JVM: at most one listener, and the port file that tells of it.
/// Safe to share.
public final class Doors {
  private static final int MAX_TOKEN_BYTES = 1 << 12;

  private static final long MAX_FAREWELL_MILLIS = 200;

  /// Threads that have waited for less are not judged by collections that nobody asked for.
  private static final Duration MIN_WAIT = Duration.ofMinutes(1);

  /// Records the starts of threads.
  public interface Recorder {
    /// @return what is recorded from now on, which may be more
    /// @throws IOException if that cannot be done here, in one line
    Mode use(Mode wanted) throws IOException;
  }

  /// Lets the collections that the JVM makes anyway prove leaks.
  public interface Proofs {
    /// @param minWait how long a thread must have waited to be judged; empty if none is to be
    /// @param interrupts whether those that are proven are interrupted
    /// @throws IOException if that cannot be done here, in one line
    void use(Optional<Duration> minWait, boolean interrupts) throws IOException;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Watch watch;
  private final Recorder births;
  private final Proofs proofs;
  private final Supplier<DebugEndpoint> endpoint;
  private AgentOptions options = AgentOptions.NONE;
  private Optional<Listener> listener = Optional.empty();
  private Optional<PortFile> portFile = Optional.empty();
  private boolean closesAtExit;

  /// @param watch looks by itself while there is a listener, unless the options forbid it
  /// @param births records what the options ask for
  /// @param proofs started if the options ask for them
  /// @param endpoint asked for when somebody asks: a program must not wait for what it may not need
  public Doors(Watch watch, Recorder births, Proofs proofs, Supplier<DebugEndpoint> endpoint) {
    this.watch = watch;
    this.births = births;
    this.proofs = proofs;
    this.endpoint = endpoint;
  }

  /// Changes what `change` names, and leaves everything as it was if that fails.
  ///
  /// @return what there is now, in one line
  /// @throws IOException if the address or the file of the token can't be had
  /// @throws IllegalArgumentException if the options contradict each other
  public String change(AgentOptions change) throws IOException {
    lock.lock();
    try {
      return changed(change);
    } finally {
      lock.unlock();
    }
  }

  private String changed(AgentOptions change) throws IOException {
    AgentOptions wanted = options.changed(change);
    if (wanted.interruptsProven().orElse(false) && !wanted.provesContinuously().orElse(false)) {
      throw new IllegalArgumentException("on-proof=interrupt needs prove=continuous");
    }
    Address address = wanted.address().orElse(new Address.Off());
    boolean stays = listener.isPresent() && wanted.address().equals(options.address());
    if (address instanceof Address.Off) {
      close();
      watch.close();
      options = wanted;
      return said("not listening" + record() + prove());
    }
    boolean isOpenToAll = wanted.tokenFile().isPresent() || wanted.anyPeer().orElse(false);
    AccessRule rule = rule(address, wanted);
    if (stays) {
      listener.orElseThrow().use(rule, isOpenToAll);
    } else {
      Listener opened = Listener.start(address, endpoint, rule, isOpenToAll);
      close();
      listener = Optional.of(opened);
      closeAtExit();
    }
    options = wanted;
    if (wanted.looks().orElse(true)) {
      watch.start();
    } else {
      watch.close();
    }
    String where = listener.orElseThrow().address();
    String line = "listening on " + (address instanceof Address.Tcp ? "http://" : "") + where;
    if (!rule.canTellPeers()) {
      line += "; users cannot be told apart here, so nobody is let in: set token-file or peers=any";
    }
    return said(line + told(where) + record() + prove());
  }

  /// Records the starts of threads as asked, which is told with the rest, as is what keeps us from
  /// it. What is in force is kept, so that the next change does not ask for less by itself.
  private String record() {
    Mode wanted = options.births().orElse(Mode.SAMPLE);
    try {
      Mode mode = births.use(wanted);
      if (mode == wanted) {
        return options.births().map(Doors::text).orElse("");
      }
      options = options.withBirths(mode);
      return text(mode) + " (tests work with tags)";
    } catch (IOException | RuntimeException e) {
      return "; who starts threads is not recorded (" + e.getMessage() + ")";
    }
  }

  /// Proves leaks as asked, which is told with the rest, as is what keeps us from it.
  private String prove() {
    boolean wanted = options.provesContinuously().orElse(false);
    try {
      proofs.use(
          wanted ? options.minWait().or(() -> Optional.of(MIN_WAIT)) : Optional.empty(),
          options.interruptsProven().orElse(false));
      return wanted ? "; prove=continuous" : "";
    } catch (IOException | RuntimeException e) {
      return "; prove=continuous is refused (" + e.getMessage() + ")";
    }
  }

  private static String text(Mode mode) {
    return "; births=" + mode.name().toLowerCase(Locale.ROOT);
  }

  private static AccessRule rule(Address address, AgentOptions options) throws IOException {
    if (options.tokenFile().isPresent()) {
      return AccessRule.withToken(token(options.tokenFile().get()));
    }
    if (!(address instanceof Address.Tcp(InetSocketAddress socket))) {
      return AccessRule.unixSocket();
    }
    AccessRule rule = loopback(socket);
    return options.anyPeer().orElse(false) ? rule.anyPeer() : rule;
  }

  private static AccessRule loopback(InetSocketAddress socket) {
    if (!socket.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          socket.getAddress().getHostAddress()
              + " can be reached from other machines: give token-file=PATH too");
    }
    return AccessRule.loopback(socket);
  }

  private static String token(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new IOException("there is no file " + file + " with a token");
    }
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(MAX_TOKEN_BYTES + 1);
    } catch (IOException e) {
      throw new IOException("the token's file cannot be read: " + e.getMessage(), e);
    }
    String text = new String(start, StandardCharsets.UTF_8);
    int end = text.indexOf('\n');
    String token = (end < 0 ? text : text.substring(0, end)).strip();
    if (token.isEmpty() || start.length > MAX_TOKEN_BYTES) {
      throw new IOException("the first line of " + file + " is no token");
    }
    return token;
  }

  /// Writes the port file; what keeps us from that is told with the address.
  private String told(String where) {
    try {
      if (portFile.isEmpty()) {
        portFile = Optional.of(PortFile.ofThisJvm());
      }
      portFile.get().write(where, options.tokenFile().map(Path::toAbsolutePath));
      return "";
    } catch (IOException | RuntimeException e) {
      return "; by its PID it is not found (" + e.getMessage() + ")";
    }
  }

  /// What to say if a change failed.
  ///
  /// @return one line: what is wrong, and what there is
  public String failed(String reason) {
    lock.lock();
    try {
      String line =
          listener
              .map(open -> reason + "; still listening on " + open.address())
              .orElse("the agent is off: " + reason);
      AgentProperties.failed(listening(), line);
      return line;
    } finally {
      lock.unlock();
    }
  }

  private String said(String line) {
    AgentProperties.said(listening(), line);
    return line;
  }

  private String listening() {
    return listener.map(Listener::address).orElse("");
  }

  private void close() {
    listener.ifPresent(Listener::close);
    listener = Optional.empty();
    portFile.ifPresent(PortFile::remove);
  }

  /// A JVM that ends waits 300 ms for a thread that is in a system call.
  private void closeAtExit() {
    if (!closesAtExit) {
      closesAtExit = true;
      Thread farewell = OwnThread.daemon("groundhog-exit", this::closeForGood);
      try {
        Runtime.getRuntime().addShutdownHook(farewell);
      } catch (IllegalStateException _) {
        closeForGood(); // it ends already
      }
    }
  }

  /// A program must not wait at its end for a change that hangs, on a file system, say.
  private void closeForGood() {
    try {
      if (lock.tryLock(MAX_FAREWELL_MILLIS, TimeUnit.MILLISECONDS)) {
        watch.close();
        close();
      }
    } catch (InterruptedException _) {
      // it ends all the same
    }
  }
}
