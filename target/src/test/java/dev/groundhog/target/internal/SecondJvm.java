package dev.groundhog.target.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/// A real second JVM with threads that wait until it is closed; it ends with its standard input
/// too.
public final class SecondJvm implements AutoCloseable {
  private static final String VIRTUAL =
      """
      public class Waiting {
        public static void main(String[] args) throws Exception {
          for (int i = 0; i < Integer.parseInt(args[0]); i++) {
            var started = new java.util.concurrent.CountDownLatch(1);
            START(() -> { started.countDown(); waitForNobody(); });
            started.await();
          }
          System.out.println("ready");
          System.in.read();
          System.exit(0);
        }
        static void waitForNobody() {
          try { new java.util.concurrent.CountDownLatch(1).await(); } catch (InterruptedException e) { }
        }
      }
      """;

  private final Process process;

  private SecondJvm(Process process) {
    this.process = process;
  }

  /// The JVM of this test, with so many virtual threads.
  public static SecondJvm withVirtualThreads(int count, Path folder) throws IOException {
    return start(ownJava(), List.of(), 21, "Thread.startVirtualThread", count, folder);
  }

  static SecondJvm withVirtualThreads(Path java, List<String> prefix, int count, Path folder)
      throws IOException {
    return start(java, prefix, 21, "Thread.startVirtualThread", count, folder);
  }

  static SecondJvm withPlatformThreads(Path java, int count, Path folder) throws IOException {
    return start(java, List.of(), 17, "platform", count, folder);
  }

  static Path ownJava() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }

  long pid() {
    return process.pid();
  }

  public Process process() {
    return process;
  }

  private static SecondJvm start(
      Path java, List<String> prefix, int release, String start, int count, Path folder)
      throws IOException {
    String source = VIRTUAL.replace("START", start);
    if (start.equals("platform")) {
      source =
          source.replace(
              "static void waitForNobody",
              "static void platform(Runnable r) { new Thread(r, \"worker\").start(); }\n"
                  + "static void waitForNobody");
    }
    Path file = Files.writeString(folder.resolve("Waiting.java"), source);
    int failed =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-Xlint:-options",
                "--release",
                "" + release,
                file.toString());
    if (failed != 0) {
      throw new IOException("javac failed");
    }
    List<String> command = new ArrayList<>(prefix);
    command.addAll(
        List.of(
            java.toString(),
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-cp",
            folder.toString(),
            "Waiting",
            "" + count));
    return ready(new ProcessBuilder(command));
  }

  /// Starts what `builder` says and returns when it prints "ready".
  static SecondJvm ready(ProcessBuilder builder) throws IOException {
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    String line = output.readLine();
    while (line != null && !line.equals("ready")) {
      line = output.readLine();
    }
    if (line == null) {
      process.destroyForcibly();
      throw new IOException("the second JVM ended early");
    }
    return new SecondJvm(process);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
