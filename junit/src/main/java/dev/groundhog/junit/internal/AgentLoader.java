package dev.groundhog.junit.internal;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Loads the agent into this JVM. No JVM lets itself be attached to by itself, so that a child,
/// which runs [AttachMain] and ends, does it.
final class AgentLoader {
  /// A class of the agent's jar.
  private static final String BOOTSTRAP = "dev/groundhog/agent/Bootstrap.class";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int MAX_SAID = 4_000;

  /// What gives every JVM more options.
  private static final List<String> OPTIONS =
      List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private AgentLoader() {}

  /// Why it could not be loaded.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  static void load() throws Refused {
    try {
      run(command());
    } catch (IOException | RuntimeException e) {
      throw new Refused(e.toString());
    }
  }

  private static List<String> command() throws Refused, IOException {
    // Short-lived: what it does not need is left out.
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:-UsePerfData",
        "-Xmx64m",
        "-cp",
        ownPlace().toString(),
        AttachMain.class.getName(),
        Long.toString(ProcessHandle.current().pid()),
        loadable(agentJar()).toString());
  }

  private static Path ownPlace() throws Refused {
    CodeSource source = AgentLoader.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      throw new Refused("nobody tells where groundhog-junit is");
    }
    return path(source.getLocation());
  }

  private static Path agentJar() throws Refused, IOException {
    ClassLoader loader = AgentLoader.class.getClassLoader();
    URL found = loader == null ? null : loader.getResource(BOOTSTRAP);
    if (found == null) {
      throw new Refused("the agent's jar (groundhog-agent-jar) is not on the class path");
    }
    URLConnection opened = found.openConnection();
    if (opened instanceof JarURLConnection jar) {
      return path(jar.getJarFileURL());
    }
    throw new Refused("the agent lies in no jar: " + found);
  }

  /// The JVM takes what is behind the first equals sign of a jar's path for the options.
  private static Path loadable(Path jar) throws IOException {
    if (jar.toString().indexOf('=') < 0) {
      return jar;
    }
    Path folder = Files.createTempDirectory("groundhog-junit");
    Path copy = folder.resolve("groundhog-agent.jar");
    folder.toFile().deleteOnExit();
    copy.toFile().deleteOnExit(); // Before its folder: the last one goes first.
    return Files.copy(jar, copy);
  }

  private static Path path(URL url) throws Refused {
    try {
      URI uri = url.toURI();
      return Path.of(uri).toAbsolutePath();
    } catch (URISyntaxException | RuntimeException _) {
      throw new Refused("this is no file: " + url);
    }
  }

  private static void run(List<String> command) throws Refused, IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // They are for the JVM of the tests, and may load other agents.
    builder.environment().keySet().removeAll(OPTIONS);
    Process child = builder.start();
    try {
      child.getOutputStream().close();
      if (!hasEnded(child)) {
        throw new Refused("it took longer than " + PATIENCE.toSeconds() + " s");
      }
      if (child.exitValue() != 0) {
        throw new Refused(reason(child));
      }
    } finally {
      child.destroyForcibly();
    }
  }

  /// Waits for it, whoever interrupts: it is loaded for all tests, and not only for the one that
  /// happens to be the first.
  private static boolean hasEnded(Process child) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    boolean wasInterrupted = false;
    while (true) {
      try {
        boolean ended = child.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (wasInterrupted) {
          Thread.currentThread().interrupt();
        }
        return ended;
      } catch (InterruptedException _) {
        wasInterrupted = true;
      }
    }
  }

  private static String reason(Process child) throws IOException {
    String said = new String(child.getInputStream().readNBytes(MAX_SAID), StandardCharsets.UTF_8);
    return said.lines()
        .filter(line -> line.startsWith(AttachMain.REASON))
        .map(line -> line.substring(AttachMain.REASON.length()))
        .findFirst()
        .orElseGet(
            () -> "the child that loads it ended with " + child.exitValue() + ": " + said.strip());
  }
}
