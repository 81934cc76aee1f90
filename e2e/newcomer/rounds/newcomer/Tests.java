package newcomer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The test classes of the project, whose folder is the property `tests`.
final class Tests {
  private Tests() {}

  static List<Class<?>> classes() {
    try (var files = Files.list(Path.of(System.getProperty("tests"), "newcomer"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("Test.class"))
          .<Class<?>>map(name -> named("newcomer." + name.replace(".class", "")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Class<?> named(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }
}
