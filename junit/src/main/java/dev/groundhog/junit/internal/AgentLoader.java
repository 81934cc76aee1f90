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
import org.jspecify.annotations.Nullable;

/// Loads the agent into this JVM. No JVM lets itself be attached to by itself, so that a child,
/// which runs [AttachMain] and ends, does it.
final class AgentLoader {
  /// A class of the agent's jar.
  private static final String BOOTSTRAP = "dev/groundhog/agent/Bootstrap.class";

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int MAX_SAID = 4_000;

  private AgentLoader() {}

  /// Why it could not be loaded.
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  static void load() throws Refused {
    Path folder = null;
    try {
      folder = Files.createTempDirectory("groundhog-junit");
      run(command(), folder.resolve("said"));
    } catch (IOException | SecurityException e) {
      throw new Refused(String.valueOf(e.getMessage()));
    } finally {
      delete(folder);
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
        agentJar().toString());
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
      throw new Refused(
          "the agent's jar (groundhog-dist, classifier agent) is not on the class path");
    }
    URLConnection opened = found.openConnection();
    if (opened instanceof JarURLConnection jar) {
      return path(jar.getJarFileURL());
    }
    throw new Refused("the agent lies in no jar: " + found);
  }

  private static Path path(URL url) throws Refused {
    try {
      URI uri = url.toURI();
      return Path.of(uri).toAbsolutePath();
    } catch (URISyntaxException | RuntimeException _) {
      throw new Refused("this is no file: " + url);
    }
  }

  private static void run(List<String> command, Path said) throws Refused, IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    // They are for the JVM of the tests, and may load other agents.
    builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
    Process child = builder.start();
    try {
      child.getOutputStream().close();
      if (!hasEnded(child)) {
        throw new Refused("it took longer than " + PATIENCE.toSeconds() + " s");
      }
      if (child.exitValue() != 0) {
        throw new Refused(firstLine(said));
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

  private static String firstLine(Path said) throws IOException {
    try (var in = Files.newInputStream(said)) {
      String text = new String(in.readNBytes(MAX_SAID), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.isBlank()).findFirst().orElse("it says nothing");
    }
  }

  private static void delete(@Nullable Path folder) {
    try {
      if (folder != null) {
        Files.deleteIfExists(folder.resolve("said"));
        Files.deleteIfExists(folder);
      }
    } catch (IOException _) {
      // The system removes temporary files too.
    }
  }
}
