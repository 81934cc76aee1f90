package dev.groundhog.e2e.libraries;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadFactory;

/// A pool of connections to a database in memory.
record HikariCp() implements Library {
  @Override
  public String title() {
    return "HikariCP, on H2";
  }

  @Override
  public Class<?> from() {
    return HikariDataSource.class;
  }

  @Override
  public String stoppedBy() {
    return "`HikariDataSource.close()`";
  }

  @Override
  public Optional<String> takesFactory() {
    return Optional.of("`HikariConfig.setThreadFactory`");
  }

  @Override
  public Set<String> caught() {
    return Set.of("HikariPool-N:housekeeper");
  }

  @Override
  public List<Stay> stays() {
    return List.of();
  }

  @Override
  public Started start(Optional<ThreadFactory> factory) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:h2:mem:pooled");
    factory.ifPresent(config::setThreadFactory);
    HikariDataSource pool = new HikariDataSource(config);
    return new Started() {
      @Override
      public void use() throws Exception {
        try (Connection connection = pool.getConnection();
            Statement statement = connection.createStatement()) {
          statement.execute("select 1");
        }
      }

      @Override
      public void stop() {
        pool.close();
      }
    };
  }
}
