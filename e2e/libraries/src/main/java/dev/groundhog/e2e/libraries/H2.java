package dev.groundhog.e2e.libraries;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;

/// A database in a file, as long as one connection to it is open.
record H2() implements Library {
  @Override
  public String title() {
    return "H2, in a file";
  }

  @Override
  public Class<?> from() {
    return org.h2.Driver.class;
  }

  @Override
  public String stoppedBy() {
    return "`close()` of the last connection";
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.empty();
  }

  @Override
  public Set<String> caught() {
    return Set.of("MVStore background writer PATH");
  }

  @Override
  public List<Stay> stays() {
    return List.of();
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) throws Exception {
    Path folder = Files.createTempDirectory("h2-");
    Connection connection = DriverManager.getConnection("jdbc:h2:file:" + folder.resolve("data"));
    return new Started() {
      @Override
      public void use() throws Exception {
        try (Statement statement = connection.createStatement()) {
          statement.execute("create table facts(id uuid default random_uuid())");
          statement.execute("insert into facts default values");
        }
      }

      @Override
      public void stop() throws Exception {
        connection.close();
        remove(folder);
      }
    };
  }

  private static void remove(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
