package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.target.TargetException;
import dev.groundhog.target.TargetException.Code;
import dev.groundhog.target.internal.JvmAttach.CommandFailed;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/// A JVM by its PID, with nothing loaded into it and nothing left on its disk. JDK 21 and newer
/// dump all threads into a pipe of ours; older ones print their platform threads.
public final class JvmSource implements Source {
  /// A JVM that does not answer for so long is stopped or at a safepoint for good.
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final long pid;

  public JvmSource(long pid) {
    this.pid = pid;
  }

  @Override
  public String name() {
    return "PID " + pid;
  }

  @Override
  public boolean changes() {
    return true;
  }

  @Override
  public List<Dump> dumps() throws TargetException {
    JvmAttach attach = new JvmAttach(pid);
    attach.prepare();
    try {
      if (canUsePipe()) {
        try {
          return allThreads(attach);
        } catch (CommandFailed e) {
          if (!e.isUnknownCommand()) {
            throw e;
          }
        }
      }
      return platformThreads(attach);
    } catch (CommandFailed e) {
      throw new TargetException(
          Code.NO_ACCESS, name() + " refuses to be read: " + e.getMessage(), e);
    } catch (DumpException e) {
      throw new TargetException(Code.NOT_A_DUMP, name() + ": " + e.getMessage(), e);
    } catch (IOException e) {
      if (!ProcFs.exists(pid)) {
        throw new TargetException(
            Code.NO_SUCH_PROCESS, "the process with PID " + pid + " has ended", e);
      }
      throw new TargetException(
          Code.TIMEOUT,
          name() + " does not answer (" + e.getMessage() + "): is it stopped, or out of memory?",
          e);
    }
  }

  /// The target opens our pipe under `/proc`, so it must see our PID and be allowed to.
  private boolean canUsePipe() {
    long uid = ProcFs.uid(pid);
    return ProcFs.sharesNamespaces(pid)
        && (uid == 0 || uid == ProcFs.uid(ProcessHandle.current().pid()));
  }

  private static List<Dump> allThreads(JvmAttach attach) throws IOException, CommandFailed {
    AtomicReference<CommandFailed> refused = new AtomicReference<>();
    AtomicReference<IOException> broken = new AtomicReference<>();
    try (Pipe pipe = Pipe.open();
        SocketChannel channel = JvmAttach.channel();
        Watchdog _ = Watchdog.start(LIMIT, channel, pipe.readEnd())) {
      Thread commander =
          Thread.ofPlatform()
              .daemon()
              .name("groundhog-attach")
              .start(() -> {
                try (InputStream reply =
                    attach.command(
                        channel, "Thread.dump_to_file -overwrite -format=json " + pipe.path())) {
                  reply.transferTo(java.io.OutputStream.nullOutputStream());
                } catch (CommandFailed e) {
                  refused.set(e);
                } catch (IOException e) {
                  broken.set(e);
                } finally {
                  pipe.closeWriteEnd();
                }
              });
      List<Dump> dumps = null;
      DumpException unreadable = null;
      try {
        dumps = DumpReader.readAll(Channels.newInputStream(pipe.readEnd()));
      } catch (DumpException e) {
        unreadable = e;
      }
      commander.join(LIMIT);
      if (refused.get() != null) {
        throw refused.get();
      }
      if (broken.get() != null) {
        throw broken.get();
      }
      if (dumps == null) {
        throw unreadable == null ? new IOException("no dump") : unreadable;
      }
      return dumps;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static List<Dump> platformThreads(JvmAttach attach) throws IOException, CommandFailed {
    try (SocketChannel channel = JvmAttach.channel();
        Watchdog _ = Watchdog.start(LIMIT, channel);
        InputStream reply = attach.command(channel, "Thread.print -l")) {
      return DumpReader.readAll(reply);
    }
  }
}
