package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    "/home/runner/checkout/acme/acme/api/server/server.go, api/server/server.go",
    "github.com/acme/api/client/server.go, api/client/server.go",
    "dev/acme/deep/Only.kt, kotlin/Only.kt",
  })
  void findsTheFileWhosePathEndsMostLikeIt(String path, Path expected) {
    assertThat(find(root, path)).contains(expected);
  }

  @Test
  void saysNothingWhereSeveralAreEquallyLikeIt() {
    assertThat(find(root, "net/Server.java")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "//"})
  void saysNothingToAPathWithoutAName(String path) {
    assertThat(find(root, path)).isEmpty();
  }

  @Test
  void saysNothingWithoutSuchAFileOrWithoutSources() {
    assertThat(find(root, "dev/acme/Missing.java")).isEmpty();
    assertThat(find(root.resolve("nowhere"), "dev/acme/Server.java")).isEmpty();
  }

  private static Optional<Path> find(Path root, String path) {
    return new SourceFiles(root, List.of(path)).find(path);
  }
}
