package dev.groundhog.target.internal;

import static dev.groundhog.target.TargetException.Code.NOT_A_JVM;
import static dev.groundhog.target.TargetException.Code.NO_ACCESS;
import static dev.groundhog.target.TargetException.Code.NO_SUCH_PROCESS;
import static dev.groundhog.target.TargetException.Code.TIMEOUT;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import com.sun.tools.attach.VirtualMachine;
import dev.groundhog.target.TargetException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// The socket on which HotSpot's attach listener takes one command for each connection.
///
/// The JDK's API starts the listener; its commands are not public, so we speak its protocol.
/// Version 1 every HotSpot since 6 understands. Where there is version 2 (JDK 24), answers are
/// streamed unless one asks otherwise, some of them (`VM.symboltable`, `VM.class_hierarchy`,
/// `Thread.print`) from inside a safepoint: the whole JVM would stand still until we have read. So
/// we ask it to answer from memory, which costs it the size of the answer for that time.
final class AttachSocket implements Closeable {
  private static final int MAX_STATUS_CHARACTERS = 64;

  private static final int MAX_VERSION_BYTES = 1_024;

  /// What `getversion options` answers: the highest version, and what can be set.
  private static final Pattern CAN_ANSWER_FROM_MEMORY =
      Pattern.compile("(?:[2-9]|[1-9]\\d+)\\s(?:.*[\\s,])?streaming(?:[\\s,].*)?");

  /// A JVM that is just starting takes this long, at most, to handle SIGQUIT.
  private static final long MAX_STARTING_MILLIS = 2_000;

  private static final long STARTING_STEP_MILLIS = 10;

  private final SocketChannel channel;
  private final boolean answersFromMemory;

  private AttachSocket(SocketChannel channel, boolean answersFromMemory) {
    this.channel = channel;
    this.answersFromMemory = answersFromMemory;
  }

  /// An answer: whether the listener could run the command, and the text after its status line.
  record Reply(boolean succeeded, InputStream text) {}

  /// A connection for one command to the listener of `pid`, which is started if it isn't running. A
  /// process that is no JVM is not signalled.
  static AttachSocket connect(long pid, Watchdog watchdog) throws IOException {
    requireOther(pid);
    ProcFs.Status target = requireJvm(pid);
    Path socket =
        ProcFs.folder(pid).resolve("root").resolve("tmp").resolve(".java_pid" + target.innerPid());
    if (!Files.exists(socket, NOFOLLOW_LINKS)) {
      requireQuitHandler(pid);
      startListener(pid, watchdog);
    }
    requireOwner(pid, socket, target);
    boolean answersFromMemory;
    try (SocketChannel first = open(socket, watchdog)) {
      answersFromMemory = answersFromMemory(first);
    }
    return new AttachSocket(open(socket, watchdog), answersFromMemory);
  }

  private static SocketChannel open(Path socket, Watchdog watchdog) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      watchdog.guard(channel).connect(UnixDomainSocketAddress.of(socket));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /// Before JDK 24 the listener does not know the question, which is an answer too.
  private static boolean answersFromMemory(SocketChannel channel) throws IOException {
    Reply reply = exchange(channel, "1\0getversion\0options\0\0\0");
    String told =
        new String(reply.text().readNBytes(MAX_VERSION_BYTES), StandardCharsets.UTF_8).strip();
    return reply.succeeded() && CAN_ANSWER_FROM_MEMORY.matcher(told).matches();
  }

  /// Sends a diagnostic command, the only one of this connection, and reads the status line of the
  /// answer.
  Reply send(String command) throws IOException {
    return send("jcmd", command, "", "");
  }

  /// As [#send(String)], one of the listener's own verbs with the three arguments that each has.
  Reply send(String verb, String first, String second, String third) throws IOException {
    String arguments = "\0" + first + "\0" + second + "\0" + third + "\0";
    if (!answersFromMemory) {
      return exchange(channel, "1\0" + verb + arguments);
    }
    String request = verb + " streaming=0" + arguments;
    int bytes = request.getBytes(StandardCharsets.UTF_8).length;
    return exchange(channel, "2\0" + bytes + "\0" + request);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private static Reply exchange(SocketChannel channel, String request) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8));
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    InputStream answer = Channels.newInputStream(channel);
    StringBuilder status = new StringBuilder();
    int next = answer.read();
    while (next >= 0 && next != '\n' && status.length() < MAX_STATUS_CHARACTERS) {
      status.append((char) next);
      next = answer.read();
    }
    return new Reply(status.toString().strip().equals("0"), answer);
  }

  private static void requireOther(long pid) throws TargetException {
    if (pid == ProcessHandle.current().pid()) {
      throw new TargetException(
          NO_ACCESS, "PID " + pid + " is this process itself: give another one");
    }
  }

  private static ProcFs.Status requireJvm(long pid) throws TargetException {
    ProcFs.Status status;
    try {
      status = ProcFs.status(pid);
    } catch (IOException e) {
      throw new TargetException(
          NO_SUCH_PROCESS, "no process " + pid + " here: see the list of processes for others", e);
    }
    try {
      if (LibJvm.find(pid).isEmpty()) {
        throw notAJvm(pid);
      }
      return status;
    } catch (TargetException e) {
      throw e;
    } catch (AccessDeniedException e) {
      throw new TargetException(NO_ACCESS, notOurs(pid, status.uid()), e);
    } catch (IOException e) {
      throw new TargetException(
          NO_SUCH_PROCESS, "process " + pid + " ended: see the list of processes for others", e);
    }
  }

  /// Root may be refused too, in a container that lacks the right.
  private static String notOurs(long pid, int uid) {
    int own;
    try {
      own = ProcFs.status(ProcessHandle.current().pid()).uid();
    } catch (IOException _) {
      own = -1;
    }
    return own == uid || own == 0
        ? "the kernel does not let this user look into PID %d: give this process CAP_SYS_PTRACE, or a dump as a file"
            .formatted(pid)
        : "PID %d belongs to user %d: run as that user or as root".formatted(pid, uid);
  }

  /// The name that the kernel has for the process.
  private static String command(long pid) {
    try {
      return ProcFs.head(ProcFs.folder(pid).resolve("comm"), 64).strip();
    } catch (IOException _) {
      return "?";
    }
  }

  private static TargetException notAJvm(long pid) {
    boolean go;
    try {
      go = GoExecutable.version(ProcFs.folder(pid).resolve("exe")).isPresent();
    } catch (IOException e) {
      go = false;
    }
    return new TargetException(
        NOT_A_JVM,
        go
            ? "PID %d is a Go process: give the host:port of its net/http/pprof, or a file with what 'gops stack %d' prints"
                .formatted(pid, pid)
            : "PID %d (%s) is no HotSpot JVM and was left alone: list the processes to find one"
                .formatted(pid, command(pid)));
  }

  /// Without a handler, SIGQUIT would end the process. (With `-Xrs` there is none, but then HotSpot
  /// starts its listener by itself.)
  private static void requireQuitHandler(long pid) throws IOException {
    long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_STARTING_MILLIS);
    while (!ProcFs.status(pid).catchesQuit()) {
      if (System.nanoTime() - endNanos >= 0) {
        throw new TargetException(
            NO_ACCESS,
            "PID "
                + pid
                + " has no attach listener and would not survive SIGQUIT: is it starting? try again");
      }
      try {
        Thread.sleep(Duration.ofMillis(STARTING_STEP_MILLIS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  private static void startListener(long pid, Watchdog watchdog) throws TargetException {
    FutureTask<Boolean> start =
        new FutureTask<>(() -> {
          VirtualMachine.attach(Long.toString(pid)).detach();
          return true;
        });
    Thread.ofPlatform().daemon().name("groundhog-attach-" + pid).start(start);
    try {
      start.get(watchdog.remainingMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      start.cancel(true);
      throw new TargetException(
          TIMEOUT, "PID " + pid + " did not start its attach listener: is it stopped?", e);
    } catch (ExecutionException e) {
      throw new TargetException(
          NO_ACCESS,
          "PID %d does not let us attach (%s): run as its user, free its /tmp, and start it without -XX:+DisableAttachMechanism"
              .formatted(pid, reason(e)),
          e);
    } catch (InterruptedException e) {
      start.cancel(true);
      Thread.currentThread().interrupt();
      throw new TargetException(TIMEOUT, "interrupted while attaching to PID " + pid, e);
    }
  }

  private static String reason(ExecutionException e) {
    Throwable cause = e.getCause();
    return cause == null ? "no reason given" : String.valueOf(cause.getMessage());
  }

  /// A socket that somebody else put there is not the target's.
  private static void requireOwner(long pid, Path socket, ProcFs.Status target) throws IOException {
    if ((int) Files.getAttribute(socket, "unix:uid", NOFOLLOW_LINKS) != target.uid()) {
      throw new TargetException(
          NO_ACCESS,
          "%s is not owned by the user of PID %d: remove that file".formatted(socket, pid));
    }
  }
}
