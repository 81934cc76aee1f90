package dev.groundhog.agent;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.net.URISyntaxException;
import java.net.URL;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The only class of the agent that the application can see, and the loader of all others, which lie
 * in a jar within the jar. Compiled for Java 8, and throws nothing: a program on an old JDK, or one
 * whose agent fails, starts as if there were no agent. As a loader it does not ask the program's own,
 * which may have other versions of our packages.
 */
public final class Bootstrap extends ClassLoader implements Runnable {
  private static final String INNER = "groundhog-agent-inner.jar";
  private static final String CORE = "dev.groundhog.agent.Agent";
  private static final String MEETING_POINT = "java.util.concurrent.GroundhogMeeting1";
  private static final int OLDEST = 25;
  private static final int END_MAGIC = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int ENTRY_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final int DEFLATED = 8;

  static {
    registerAsParallelCapable();
  }

  private final String options;
  private final Instrumentation instrumentation;

  /** Kept, since the jar may have gone when the agent is loaded again. */
  private static volatile byte[] zip;

  private volatile Map<String, Integer> directory;

  private Bootstrap(String options, Instrumentation instrumentation) {
    super(ClassLoader.getSystemClassLoader().getParent());
    this.options = options == null ? "" : options;
    this.instrumentation = instrumentation;
  }

  /**
   * Called by the JVM before the program's {@code main}, which must not wait: all that can fail or
   * take time is left to a thread.
   */
  public static void premain(String options, Instrumentation instrumentation) {
    try {
      if (isSupported()) {
        Thread thread = new Thread(null, new Bootstrap(options, instrumentation), "groundhog-start");
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
      }
    } catch (Throwable e) {
      say("the agent is off: " + e);
    }
  }

  /** Called by the JVM when the agent is loaded into a running program. */
  public static void agentmain(String options, Instrumentation instrumentation) {
    try {
      if (isSupported()) {
        new Bootstrap(options, instrumentation).run();
      }
    } catch (Throwable e) {
      say("the agent is off: " + e);
    }
  }

  @Override
  public void run() {
    try {
      Object line;
      synchronized (Bootstrap.class) {
        Function<Map<String, String>, String> running = running();
        line =
            running == null
                ? start()
                : running.apply(Collections.singletonMap("options", options));
      }
      say(String.valueOf(line));
    } catch (Throwable e) {
      say("the agent is off: " + (e.getCause() == null ? e : e.getCause()));
    }
  }

  /** The agent that is here already, or null. */
  @SuppressWarnings("unchecked")
  private static Function<Map<String, String>, String> running()
      throws ReflectiveOperationException {
    try {
      Class<?> met = Class.forName(MEETING_POINT, false, null);
      return (Function<Map<String, String>, String>) met.getField("control").get(null);
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  private Object start() throws Exception {
    if (zip == null) {
      zip = inner();
    }
    directory = directory(zip);
    return Class.forName(CORE, true, this)
        .getMethod("start", String.class, Instrumentation.class)
        .invoke(null, options, instrumentation);
  }

  private static boolean isSupported() {
    int version = javaVersion();
    if (version < OLDEST) {
      say("the agent needs Java " + OLDEST + " or newer, this is " + version + ": it is off");
    }
    return version >= OLDEST;
  }

  private static void say(String line) {
    System.err.println("groundhog: " + line);
  }

  /** 8 for {@code 1.8}. */
  private static int javaVersion() {
    String version = System.getProperty("java.specification.version", "0");
    return Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
  }

  /** Of a few hundred classes a start needs some dozen, so that they are unpacked one by one. */
  private static byte[] inner() throws IOException, URISyntaxException {
    URL jar = Bootstrap.class.getProtectionDomain().getCodeSource().getLocation();
    try (ZipFile outer = new ZipFile(new File(jar.toURI()))) {
      ZipEntry entry = outer.getEntry(INNER);
      byte[] bytes = new byte[(int) entry.getSize()];
      try (DataInputStream in = new DataInputStream(outer.getInputStream(entry))) {
        in.readFully(bytes);
      }
      return bytes;
    }
  }

  /** Where each entry is described: the central directory of the ZIP format (APPNOTE 4.3.12). */
  private static Map<String, Integer> directory(byte[] zip) throws IOException {
    int end = zip.length - END_BYTES;
    while (end >= 0 && number(zip, end, 4) != END_MAGIC) {
      end--;
    }
    if (end < 0) {
      throw new IOException("the jar of the agent is damaged");
    }
    int count = (int) number(zip, end + 10, 2);
    int at = (int) number(zip, end + 16, 4);
    Map<String, Integer> entries = new HashMap<String, Integer>(2 * count);
    for (int i = 0; i < count; i++) {
      int nameLength = (int) number(zip, at + 28, 2);
      entries.put(new String(zip, at + ENTRY_BYTES, nameLength, "UTF-8"), at);
      at += ENTRY_BYTES + nameLength + (int) number(zip, at + 30, 2) + (int) number(zip, at + 32, 2);
    }
    return entries;
  }

  private static long number(byte[] bytes, int at, int length) {
    long number = 0;
    for (int i = length - 1; i >= 0; i--) {
      number = number << 8 | bytes[at + i] & 0xff;
    }
    return number;
  }

  /** What an entry holds, null if there is none of that name. */
  private byte[] unpacked(String name) throws DataFormatException {
    Integer entry = directory.get(name);
    if (entry == null) {
      return null;
    }
    boolean isDeflated = number(zip, entry + 10, 2) == DEFLATED;
    int packed = (int) number(zip, entry + 20, 4);
    byte[] bytes = new byte[(int) number(zip, entry + 24, 4)];
    int local = (int) number(zip, entry + 42, 4);
    int start =
        local + LOCAL_BYTES + (int) number(zip, local + 26, 2) + (int) number(zip, local + 28, 2);
    if (!isDeflated) {
      System.arraycopy(zip, start, bytes, 0, bytes.length);
      return bytes;
    }
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(zip, start, packed);
      int read = 0;
      while (read < bytes.length && !inflater.finished() && !inflater.needsInput()) {
        read += inflater.inflate(bytes, read, bytes.length - read);
      }
      return bytes;
    } finally {
      inflater.end();
    }
  }

  /** Of the jar within the jar, whatever the parents have. */
  @Override
  public InputStream getResourceAsStream(String name) {
    try {
      byte[] bytes = unpacked(name);
      return bytes == null ? null : new ByteArrayInputStream(bytes);
    } catch (DataFormatException e) {
      return null;
    }
  }

  /**
   * Ours first: the platform's loader, our parent, knows the named modules of the program, which may
   * be of ours in another version.
   */
  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith("dev.groundhog.")) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known == null ? findClass(name) : known;
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes;
    try {
      bytes = unpacked(name.replace('.', '/') + ".class");
    } catch (DataFormatException e) {
      throw new ClassNotFoundException(name, e);
    }
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }
}
