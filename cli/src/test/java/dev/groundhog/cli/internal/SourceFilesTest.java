package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceFilesTest {
  @TempDir Path root;

  @BeforeEach
  void checkOut() throws IOException {
    for (String file :
        List.of(
            "core/src/main/java/dev/acme/Server.java",
            "core/src/main/java/dev/other/Server.java",
            "target/copy/dev/acme/Server.java",
            "api/server/server.go",
            "api/client/server.go",
            "kotlin/Only.kt")) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.createFile(root.resolve(file));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "dev/acme/Server.java, core/src/main/java/dev/acme/Server.java",
    "dev/other/Server.java, core/src/main/java/dev/other/Server.java",
    "/home/runner/work/acme/acme/api/server/server.go, api/server/server.go",
    "github.com/acme/api/client/server.go, api/client/server.go",
    "dev/acme/deep/Only.kt, kotlin/Only.kt",
  })
  void findsTheFileWhosePathEndsMostLikeIt(String path, Path expected) {
    assertThat(new SourceFiles(root).find(path)).contains(expected);
  }

  @Test
  void saysNothingWhereSeveralAreEquallyLikeIt() {
    assertThat(new SourceFiles(root).find("net/Server.java")).isEmpty();
  }

  @Test
  void saysNothingWithoutSuchAFileOrWithoutSources() {
    assertThat(new SourceFiles(root).find("dev/acme/Missing.java")).isEmpty();
    assertThat(new SourceFiles(root.resolve("nowhere")).find("dev/acme/Server.java")).isEmpty();
  }
}
