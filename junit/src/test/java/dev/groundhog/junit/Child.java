package dev.groundhog.junit;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A JVM of its own that runs the tests of some classes, as a whole run.
record Child(Process process, Path output) {
  /// The flag that has the agent there from the start.
  static String agent() throws IOException {
    URI agent =
        ((JarURLConnection)
                ClassLoader.getSystemResource("dev/groundhog/agent/Bootstrap.class")
                    .openConnection())
            .getJarFileURL()
            .toString()
            .transform(URI::create);
    return "-javaagent:" + Path.of(agent);
  }

  /// What it printed.
  ///
  /// @param flags the JVM's
  static String run(List<String> flags, Class<?>... classes)
      throws IOException, InterruptedException {
    return start(flags, classes).finish();
  }

  static Child start(List<String> flags, Class<?>... classes) throws IOException {
    return start(flags, RunMain.class, Stream.of(classes).map(Class::getName).toList());
  }

  static Child start(List<String> flags, Class<?> main, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(flags);
    command.add(main.getName());
    command.addAll(arguments);
    Path output = Files.createTempFile("groundhog-child", ".txt");
    return new Child(
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start(),
        output);
  }

  String finish() throws IOException, InterruptedException {
    try {
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        throw new AssertionError("it did not end:\n" + Files.readString(output) + threads());
      }
      return Files.readString(output, StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
      Files.delete(output);
    }
  }

  /// What it does, before it is killed.
  private String threads() throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Path said = Files.createTempFile("groundhog-child", ".threads");
    try {
      Process asked =
          new ProcessBuilder(jcmd, Long.toString(process.pid()), "Thread.print", "-l")
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      if (!asked.waitFor(20, TimeUnit.SECONDS)) {
        asked.destroyForcibly().waitFor();
      }
      return Files.readString(said, StandardCharsets.UTF_8);
    } finally {
      Files.delete(said);
    }
  }
}
