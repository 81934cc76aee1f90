package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What docs/pouch.md says, against the code.
class DocsTest {
  private static final Path MODULE = Path.of("").toAbsolutePath();
  private static final String OPTION = "(?<![\\w-])(--?[a-zA-Z][\\w-]*)";

  /// As a refusal has it: `links (--link)`.
  private static final Pattern REFUSED = Pattern.compile("\"[^\"\n]* \\(" + OPTION + "[^\"\n]*\"");

  @Test
  void eachOptionThatIsRefusedByNameIsNamed() throws IOException {
    Set<String> refused = new HashSet<>();
    try (Stream<Path> api =
        Files.list(MODULE.resolve("src/main/java/dev/groundhog/pouch/internal/api"))) {
      for (Path file : api.toList()) {
        addAll(REFUSED, file, refused);
      }
    }
    Set<String> named = new HashSet<>();
    addAll(Pattern.compile(OPTION), MODULE.resolveSibling("docs").resolve("pouch.md"), named);
    assertThat(refused).contains("--gpus", "--health-cmd", "-v", "-P");
    assertThat(named).containsAll(refused);
  }

  private static void addAll(Pattern pattern, Path file, Set<String> to) throws IOException {
    pattern.matcher(Files.readString(file)).results().forEach(found -> to.add(found.group(1)));
  }
}
