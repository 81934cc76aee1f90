package dev.groundhog.target.internal;

import static dev.groundhog.target.TargetException.Code.NO_ACCESS;
import static dev.groundhog.target.TargetException.Code.NO_SUCH_PROCESS;
import static dev.groundhog.target.TargetException.Code.TIMEOUT;

import dev.groundhog.dump.Dump;
import dev.groundhog.target.TargetException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Diagnostic commands of another JVM: what `jcmd` does, with public API alone.
///
/// Every call ends within its limit. Nothing stays on a disk, and a target whose reader dies gets a
/// failed write, never a wait without end.
public final class JvmAttach {
  /// How long one look or one command may take in all.
  public static final Duration LIMIT = Duration.ofSeconds(60);

  private static final int MAX_MESSAGE_BYTES = 1 << 16;

  private JvmAttach() {}

  /// Takes what a command answers; is done with the stream when it returns.
  @FunctionalInterface
  public interface Answer<T> {
    T read(InputStream text) throws IOException;
  }

  /// The answer to `command`, for example `VM.version`, whole.
  public static String run(long pid, String command) throws TargetException {
    return run(
        pid, command, LIMIT, text -> new String(text.readAllBytes(), StandardCharsets.UTF_8));
  }

  /// Gives the answer to `command` to `reader` while it comes: for long ones, such as
  /// `VM.symboltable -verbose`.
  public static <T> T run(long pid, String command, Duration limit, Answer<T> reader)
      throws TargetException {
    return run(pid, command, limit, socket -> socket.send(command), reader);
  }

  /// What the listener is asked.
  @FunctionalInterface
  interface Question {
    AttachSocket.Reply ask(AttachSocket socket) throws IOException;
  }

  /// As [#run(long, String, Duration, Answer)], for any verb of the listener.
  ///
  /// @param command what it is called in messages
  static <T> T run(long pid, String command, Duration limit, Question question, Answer<T> reader)
      throws TargetException {
    try (Watchdog watchdog = new Watchdog("attach-" + pid, limit)) {
      try (AttachSocket socket = AttachSocket.connect(pid, watchdog)) {
        AttachSocket.Reply reply = question.ask(socket);
        if (!reply.succeeded()) {
          throw refused(pid, command, message(reply.text()));
        }
        return reader.read(reply.text());
      } catch (IOException e) {
        throw explained(pid, e, watchdog, limit);
      }
    }
  }

  /// One look at the JVM's threads; only platform threads where the JVM is too old to tell of
  /// others.
  public static List<Dump> dump(long pid) throws TargetException {
    return dump(pid, LIMIT);
  }

  /// As [#dump(long)], within `limit`.
  public static List<Dump> dump(long pid, Duration limit) throws TargetException {
    try (Watchdog watchdog = new Watchdog("attach-" + pid, limit)) {
      try {
        return dump(pid, watchdog);
      } catch (IOException e) {
        throw explained(pid, e, watchdog, limit);
      }
    }
  }

  private static List<Dump> dump(long pid, Watchdog watchdog) throws IOException {
    // Checks that it is a JVM and lets us in, before anything is made in its folders.
    AttachSocket.connect(pid, watchdog).close();
    ProcFs.Status target = ProcFs.status(pid);
    Look look = new Look(List.of(), "");
    if (canOpenOurs(pid, target)) {
      look = look(pid, AnonymousPipe.open(), watchdog);
    }
    if (look.isDenied()) {
      look = look(pid, fifo(pid, target), watchdog);
    }
    if (look.isUnknownCommand()) {
      return threadPrint(pid, watchdog);
    } else if (look.dumps().isEmpty()) {
      throw refused(pid, "Thread.dump_to_file", look.message());
    }
    return look.dumps();
  }

  /// What came through a conduit.
  ///
  /// @param dumps empty if not a byte came
  /// @param message what the target answered
  private record Look(List<Dump> dumps, String message) {
    boolean isUnknownCommand() {
      return dumps.isEmpty() && message.contains("Unknown diagnostic command");
    }

    boolean isDenied() {
      return dumps.isEmpty() && !isUnknownCommand();
    }
  }

  private static Look look(long pid, Conduit made, Watchdog watchdog) throws IOException {
    try (Conduit conduit = watchdog.guard(made);
        AttachSocket socket = AttachSocket.connect(pid, watchdog)) {
      String command = "Thread.dump_to_file -overwrite -format=json " + conduit.pathForTarget();
      FutureTask<String> answer =
          new FutureTask<>(() -> answerThenEndOfFile(socket, command, conduit));
      Thread.ofPlatform().daemon().name("groundhog-attach-answer-" + pid).start(answer);
      try (PushbackInputStream source = new PushbackInputStream(conduit.source())) {
        int first = source.read();
        if (first < 0) {
          return new Look(List.of(), get(answer));
        }
        source.unread(first);
        List<Dump> dumps = Reading.all("PID " + pid, source);
        String message = get(answer);
        if (!message.startsWith("Created")) {
          throw refused(pid, "Thread.dump_to_file", message);
        }
        return new Look(dumps, message);
      }
    }
  }

  private static String answerThenEndOfFile(AttachSocket socket, String command, Conduit conduit)
      throws IOException {
    try {
      return message(socket.send(command).text());
    } finally {
      conduit.closeWritingEnd();
    }
  }

  private static List<Dump> threadPrint(long pid, Watchdog watchdog) throws IOException {
    try (AttachSocket socket = AttachSocket.connect(pid, watchdog)) {
      AttachSocket.Reply reply = socket.send("Thread.print -l");
      if (!reply.succeeded()) {
        throw refused(pid, "Thread.print", message(reply.text()));
      }
      return Reading.all("PID " + pid, reply.text());
    }
  }

  /// Of the same user and namespaces: then our descriptors under `/proc` are open to it.
  static boolean canOpenOurs(long pid, ProcFs.Status target) throws IOException {
    return target.uid() == ProcFs.status(ProcessHandle.current().pid()).uid()
        && ProcFs.sharesNamespaces(pid);
  }

  private static Fifo fifo(long pid, ProcFs.Status target) throws TargetException {
    try {
      return Fifo.open(pid, target);
    } catch (IOException e) {
      throw new TargetException(
          NO_ACCESS,
          ("no pipe can be made in /tmp of PID %d (%s):"
                  + " run as user %d in the same container, as root, or give a dump as a file")
              .formatted(pid, e.getMessage(), target.uid()),
          e);
    }
  }

  private static String get(FutureTask<String> answer) throws IOException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  static String message(InputStream text) throws IOException {
    return new String(text.readNBytes(MAX_MESSAGE_BYTES), StandardCharsets.UTF_8).strip();
  }

  private static TargetException refused(long pid, String command, String message) {
    String first = message.lines().findFirst().orElse("no answer");
    return new TargetException(
        NO_ACCESS,
        "PID %d failed to run %s (%s): try again, or give a dump of it as a file"
            .formatted(pid, command, first.substring(0, Math.min(first.length(), 300))));
  }

  private static TargetException explained(
      long pid, IOException e, Watchdog watchdog, Duration limit) {
    if (!ProcFs.exists(pid)) {
      return new TargetException(
          NO_SUCH_PROCESS, "no process has PID " + pid + ": list the processes to find it", e);
    } else if (watchdog.barked()) {
      return new TargetException(
          TIMEOUT,
          "PID %d did not answer within %d s: is it stopped, or does another tool hold it? try again"
              .formatted(pid, limit.toSeconds()),
          e);
    } else if (e instanceof TargetException told) {
      return told;
    }
    return new TargetException(
        NO_ACCESS,
        "PID %d could not be read (%s): run as its user or as root, or give a dump as a file"
            .formatted(pid, e.getMessage()),
        e);
  }
}
