package dev.groundhog.target.internal;

import static dev.groundhog.target.TargetException.Code.NOT_A_JVM;
import static dev.groundhog.target.TargetException.Code.NO_ACCESS;
import static dev.groundhog.target.TargetException.Code.NO_SUCH_PROCESS;
import static dev.groundhog.target.TargetException.Code.TIMEOUT;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import com.sun.tools.attach.VirtualMachine;
import dev.groundhog.target.TargetException;
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

/// The socket on which HotSpot's attach listener takes one command for each connection.
///
/// The JDK's API starts the listener; its commands are not public, so we speak its protocol,
/// version 1, which every HotSpot since 6 understands.
final class AttachSocket {
  private static final int MAX_STATUS_CHARACTERS = 64;

  /// A JVM that is just starting takes this long, at most, to handle SIGQUIT.
  private static final long MAX_STARTING_MILLIS = 2_000;

  private static final long STARTING_STEP_MILLIS = 10;

  private AttachSocket() {}

  /// An answer: whether the listener could run the command, and the text after its status line.
  record Reply(boolean succeeded, InputStream text) {}

  /// A connection to the listener of `pid`, which is started if it isn't running. A process that is
  /// no JVM is not signalled.
  static SocketChannel connect(long pid, Watchdog watchdog) throws IOException {
    requireOther(pid);
    ProcFs.Status target = requireJvm(pid);
    Path socket =
        ProcFs.folder(pid).resolve("root").resolve("tmp").resolve(".java_pid" + target.innerPid());
    if (!Files.exists(socket, NOFOLLOW_LINKS)) {
      requireQuitHandler(pid);
      startListener(pid, watchdog);
    }
    requireOwner(pid, socket, target);
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      watchdog.guard(channel).connect(UnixDomainSocketAddress.of(socket));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /// Sends `command`, and reads the status line of the answer.
  static Reply send(SocketChannel channel, String command) throws IOException {
    byte[] request = ("1\0jcmd\0" + command + "\0\0\0").getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.wrap(request);
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
      throw new TargetException(
          NO_ACCESS,
          "PID %d belongs to user %d: run as that user or as root".formatted(pid, status.uid()),
          e);
    } catch (IOException e) {
      throw new TargetException(
          NO_SUCH_PROCESS, "process " + pid + " ended: see the list of processes for others", e);
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
            : "PID " + pid + " is no HotSpot JVM and was left alone: give the PID of a JVM");
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
