package dev.groundhog.agent;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;

/**
 * The only class of the agent that the application can see, and the loader of all others, which lie
 * in a jar within the jar. Compiled for Java 8, and throws nothing: a program on an old JDK, or one
 * whose agent fails, starts as if there were no agent.
 */
public final class Bootstrap extends ClassLoader {
  private static final String INNER = "/groundhog-agent-inner.jar";
  private static final String CORE = "dev.groundhog.agent.Agent";
  private static final int OLDEST = 25;

  static {
    registerAsParallelCapable();
  }

  private final Map<String, byte[]> entries;

  private Bootstrap(Map<String, byte[]> entries) {
    super(platformLoader());
    this.entries = entries;
  }

  /** Called by the JVM before the program's {@code main}. */
  public static void premain(String options, Instrumentation instrumentation) {
    start(options, instrumentation);
  }

  /** Called by the JVM when the agent is loaded into a running program. */
  public static void agentmain(String options, Instrumentation instrumentation) {
    start(options, instrumentation);
  }

  private static void start(String options, Instrumentation instrumentation) {
    try {
      int version = javaVersion();
      if (version < OLDEST) {
        say("the agent needs Java " + OLDEST + " or newer, this is " + version + ": it is off");
        return;
      }
      Class<?> core = Class.forName(CORE, true, new Bootstrap(entries()));
      core.getMethod("start", String.class, Instrumentation.class)
          .invoke(null, options == null ? "" : options, instrumentation);
    } catch (Throwable e) {
      say("the agent is off: " + (e.getCause() == null ? e : e.getCause()));
    }
  }

  private static void say(String line) {
    System.err.println("groundhog: " + line);
  }

  /** 8 for {@code 1.8}. */
  private static int javaVersion() {
    String version = System.getProperty("java.specification.version", "0");
    return Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
  }

  /** The program's own loader is not asked: it may have other versions of our packages. */
  private static ClassLoader platformLoader() {
    return ClassLoader.getSystemClassLoader().getParent();
  }

  private static Map<String, byte[]> entries() throws IOException {
    Map<String, byte[]> entries = new java.util.concurrent.ConcurrentHashMap<String, byte[]>();
    try (InputStream packed = Bootstrap.class.getResourceAsStream(INNER);
        JarInputStream jar = new JarInputStream(packed)) {
      for (JarEntry entry = jar.getNextJarEntry(); entry != null; entry = jar.getNextJarEntry()) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        for (int read = jar.read(buffer); read >= 0; read = jar.read(buffer)) {
          bytes.write(buffer, 0, read);
        }
        entries.put(entry.getName(), bytes.toByteArray());
      }
    }
    return entries;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = entries.remove(name.replace('.', '/') + ".class");
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  @Override
  public InputStream getResourceAsStream(String name) {
    byte[] bytes = entries.get(name);
    return bytes == null ? super.getResourceAsStream(name) : new ByteArrayInputStream(bytes);
  }
}
