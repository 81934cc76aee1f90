package dev.groundhog.target.internal;

import static dev.groundhog.target.TargetException.Code.NO_ACCESS;
import static dev.groundhog.target.TargetException.Code.USAGE;

import dev.groundhog.target.TargetException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/// Groundhog's agent by the attach mechanism: loading it into a JVM, and what it tells there.
public final class AgentLoading {
  private static final Duration LIMIT = Duration.ofSeconds(15);
  private static final int OLDEST = 25;
  private static final String ADDRESS = "dev.groundhog.agent.address";
  private static final String SAID = "dev.groundhog.agent.said";
  private static final String FAILED = "dev.groundhog.agent.failed";
  private static final int MAX_BYTES = 1 << 16;

  private AgentLoading() {}

  /// Where the agent listens in that JVM; empty if it does not, or is not there.
  ///
  /// @throws TargetException if the JVM lets nobody attach
  public static Optional<String> address(long pid) throws TargetException {
    return Optional.ofNullable(told(pid).getProperty(ADDRESS));
  }

  /// Loads the agent, or changes the options of the one that is there.
  ///
  /// @param options as behind `-javaagent:….jar=`; paths in it are the target's
  /// @return what the agent said
  /// @throws TargetException if the JVM is too old or lets nobody attach, or has not started the
  ///   agent
  public static String load(long pid, Path jar, String options) throws TargetException {
    try {
      requireNewEnough(pid);
      ProcFs.Status target = ProcFs.status(pid);
      // The JVM takes what is behind the first equals sign for the options.
      if (JvmAttach.canOpenOurs(pid, target) && jar.toString().indexOf('=') < 0) {
        load(pid, jar.toString(), options);
      } else {
        loadCopy(pid, target, jar, options);
      }
    } catch (TargetException e) {
      throw e;
    } catch (IOException e) {
      throw new TargetException(
          NO_ACCESS, "the agent cannot be given to PID " + pid + ": " + e.getMessage(), e);
    }
    Properties told = told(pid);
    String said = told.getProperty(SAID);
    if (said == null) {
      String why = told.getProperty(FAILED, "its standard error says why");
      throw new TargetException(USAGE, "PID " + pid + " did not do it: " + why);
    }
    return said;
  }

  private static void requireNewEnough(long pid) throws IOException {
    Optional<String> library = ProcFs.exists(pid) ? LibJvm.find(pid) : Optional.empty();
    String version = library.map(found -> LibJvm.version(pid, found)).orElse("");
    int end = 0;
    while (end < version.length() && Character.isDigit(version.charAt(end))) {
      end++;
    }
    if (end > 0 && end < 4 && Integer.parseInt(version.substring(0, end)) < OLDEST) {
      throw new TargetException(
          USAGE,
          "PID %d runs Java %s and the agent needs %d: read it without, as in 'groundhog stack %d'"
              .formatted(pid, version, OLDEST, pid));
    }
  }

  private static void loadCopy(long pid, ProcFs.Status target, Path jar, String options)
      throws IOException {
    try (TargetFolder folder = TargetFolder.make(pid, target, "groundhog-agent.jar")) {
      Files.copy(jar, folder.file());
      folder.give();
      load(pid, folder.pathForTarget(), options);
    }
  }

  private static void load(long pid, String jar, String options) throws TargetException {
    String answer =
        JvmAttach.run(
            pid,
            "the agent",
            LIMIT,
            socket -> socket.send("load", "instrument", "false", jar + "=" + options),
            JvmAttach::message);
    // "return code: 0", or what kept the JVM from loading it.
    if (!answer.endsWith(": 0") && !answer.equals("0")) {
      throw new TargetException(
          NO_ACCESS,
          "PID "
              + pid
              + " did not load the agent ("
              + answer
              + "): is it forbidden, by -XX:-EnableDynamicAgentLoading or by a runtime without"
              + " java.instrument? start it with -javaagent");
    }
  }

  private static Properties told(long pid) throws TargetException {
    return JvmAttach.run(
        pid,
        "agentProperties",
        LIMIT,
        socket -> socket.send("agentProperties", "", "", ""),
        text -> {
          Properties properties = new Properties();
          try (InputStream head = new ByteArrayInputStream(text.readNBytes(MAX_BYTES))) {
            properties.load(head);
          } catch (IllegalArgumentException e) {
            throw new IOException("the agent's properties are no properties", e);
          }
          return properties;
        });
  }
}
