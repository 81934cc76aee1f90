package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

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
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(flags);
    command.add(RunMain.class.getName());
    Stream.of(classes).map(Class::getName).forEach(command::add);
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
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
      return Files.readString(output, StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
      Files.delete(output);
    }
  }
}
