package dev.groundhog.target.internal;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import dev.groundhog.target.TargetException;
import dev.groundhog.target.TargetException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// HotSpot's attach protocol, spoken over the target's own socket: the JDK has no public way to
/// send a `jcmd` command. A request is version, command and three arguments, each ended by a zero
/// byte; the reply is a line with a status, 0 for success, then the output.
final class JvmAttach {
  private static final String VERSION = "1";

  private final long pid;

  JvmAttach(long pid) {
    this.pid = pid;
  }

  /// Starts the target's listener if it does not run yet. Sends the JVM a signal for it, so it
  /// makes sure first that there is a JVM: SIGQUIT ends other programs.
  void prepare() throws TargetException {
    if (!ProcFs.exists(pid)) {
      throw new TargetException(Code.NO_SUCH_PROCESS, "no process has PID " + pid);
    }
    if (!ProcFs.isJvm(pid)) {
      throw new TargetException(
          Code.NOT_A_JVM,
          "PID "
              + pid
              + " is no JVM that this user may look into: give the URL of a Go server's net/http/pprof,"
              + " or try as the process's user or as root");
    }
    if (Files.exists(socket())) {
      return;
    }
    try {
      VirtualMachine.attach(Long.toString(pid)).detach();
    } catch (AttachNotSupportedException | IOException e) {
      throw new TargetException(
          Code.NO_ACCESS,
          "the JVM with PID "
              + pid
              + " cannot be attached to ("
              + firstLine(String.valueOf(e.getMessage()))
              + "): run as its user, and without -XX:+DisableAttachMechanism there",
          e);
    }
  }

  /// Sends a `jcmd` command. The reply's output comes as a stream that the caller closes; closing
  /// `channel` from another thread ends a read.
  ///
  /// @throws CommandFailed if the target refuses the command
  InputStream command(SocketChannel channel, String command) throws IOException, CommandFailed {
    channel.connect(UnixDomainSocketAddress.of(socket()));
    byte[] request = (VERSION + "\0jcmd\0" + command + "\0\0\0").getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes = ByteBuffer.wrap(request);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    InputStream reply = Channels.newInputStream(channel);
    StringBuilder status = new StringBuilder();
    for (int c = reply.read(); c >= 0 && c != '\n' && status.length() < 16; c = reply.read()) {
      status.append((char) c);
    }
    if (!status.toString().equals("0")) {
      String why = new String(reply.readNBytes(2_000), StandardCharsets.UTF_8);
      throw new CommandFailed(firstLine(why));
    }
    return reply;
  }

  static SocketChannel channel() throws IOException {
    return SocketChannel.open(StandardProtocolFamily.UNIX);
  }

  /// The target said no.
  static final class CommandFailed extends Exception {
    private static final long serialVersionUID = 1L;

    CommandFailed(String why) {
      super(why);
    }

    boolean isUnknownCommand() {
      return String.valueOf(getMessage()).contains("Unknown diagnostic command");
    }
  }

  private Path socket() {
    return Path.of("/proc/" + pid + "/root/tmp/.java_pid" + ProcFs.innerPid(pid));
  }

  private static String firstLine(String text) {
    String line = text.strip().lines().findFirst().orElse("no reason given");
    return line.substring(0, Math.min(line.length(), 300));
  }
}
