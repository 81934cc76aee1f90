package dev.groundhog.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The facts in ARCHITECTURE.md, against the build and the module declarations.
class ArchitectureTest {
  private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([\\d–]) \\| `([\\w/]+)` \\|[^|]*\\|[^|]*\\|$");
  private static final Pattern REQUIRES =
      Pattern.compile("requires (?:transitive |static )*(dev\\.groundhog\\.)?([\\w.]+);");
  private static final Path POUCH =
      ROOT.resolve("pouch/src/main/java/dev/groundhog/pouch/internal");
  private static final String CLIENT = "client";
  private static final Pattern ROOMS =
      Pattern.compile(
          "its rooms, each of which uses only those behind it: ([^;|]*); beside them `"
              + CLIENT
              + "`");
  private static final List<String> JDK_ONLY =
      List.of("dump", "mark", "leak", "context", "endpoint", "target");

  @Test
  void theTableNamesEveryModuleOfTheBuild() throws IOException {
    List<String> built =
        Pattern.compile("<module>([\\w/]+)</module>")
            .matcher(Files.readString(ROOT.resolve("pom.xml")))
            .results()
            .map(m -> m.group(1))
            .toList();
    assertThat(floors().keySet()).containsExactlyInAnyOrderElementsOf(built);
  }

  @Test
  void aModuleRequiresOnlyModulesOnLowerFloors() throws IOException {
    Map<String, Integer> floors = floors();
    for (String module : floors.keySet()) {
      for (MatchResult required : requires(module)) {
        if (required.group(1) != null) {
          assertThat(floorOf(required.group(2), floors))
              .as(module + " requires " + required.group(2))
              .isLessThan(floors.get(module));
        }
      }
    }
  }

  @Test
  void theModulesThatLiveInOtherProgramsUseTheJdkAlone() throws IOException {
    for (String module : JDK_ONLY) {
      for (MatchResult required : requires(module)) {
        String name = required.group(2);
        assertThat(
                required.group(1) != null
                    || name.startsWith("java.")
                    || name.startsWith("jdk.")
                    || name.equals("org.jspecify"))
            .as(module + " requires " + name)
            .isTrue();
      }
    }
  }

  @Test
  void theRoomsOfTheContainerDaemonAreAllNamed() throws IOException {
    try (Stream<Path> folders = Files.list(POUCH)) {
      List<String> named = new ArrayList<>(rooms());
      named.add(CLIENT);
      assertThat(folders.map(folder -> folder.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(named);
    }
  }

  @Test
  void aRoomOfTheContainerDaemonUsesOnlyRoomsBelowIt() throws IOException {
    List<String> rooms = rooms();
    for (String room : rooms) {
      usesOnly(room, rooms.subList(rooms.indexOf(room), rooms.size()));
    }
    usesOnly(CLIENT, List.of(CLIENT, rooms.getLast()));
  }

  private static void usesOnly(String room, List<String> allowed) throws IOException {
    Pattern used = Pattern.compile("dev\\.groundhog\\.pouch\\.internal\\.(\\w+)\\.");
    try (Stream<Path> files = Files.list(POUCH.resolve(room))) {
      for (Path file : files.toList()) {
        assertThat(used.matcher(Files.readString(file)).results().map(use -> use.group(1)))
            .as(file.getFileName().toString())
            .isSubsetOf(allowed);
      }
    }
  }

  /// Of the container daemon, the uppermost first.
  private static List<String> rooms() throws IOException {
    Matcher row = ROOMS.matcher(Files.readString(ROOT.resolve("ARCHITECTURE.md")));
    assertThat(row.find()).as("a row that names pouch's rooms").isTrue();
    return Pattern.compile("`(\\w+)`")
        .matcher(row.group(1))
        .results()
        .map(room -> room.group(1))
        .toList();
  }

  @Test
  void eachModuleExportsOnePackage() throws IOException {
    for (String module : floors().keySet()) {
      Path declaration = ROOT.resolve(module).resolve("src/main/java/module-info.java");
      if (Files.exists(declaration)) {
        Matcher exports =
            Pattern.compile("exports ([\\w.]+);").matcher(Files.readString(declaration));
        assertThat(exports.results().map(m -> m.group(1)))
            .as(module)
            .containsExactly("dev.groundhog." + module.substring(module.lastIndexOf('/') + 1));
      }
    }
  }

  private static Map<String, Integer> floors() throws IOException {
    Map<String, Integer> floors = new LinkedHashMap<>();
    ROW.matcher(Files.readString(ROOT.resolve("ARCHITECTURE.md")))
        .results()
        .forEach(row -> floors.put(row.group(2), floor(row.group(1))));
    assertThat(floors).isNotEmpty();
    return floors;
  }

  /// A module is named after the last part of its folder.
  private static Integer floorOf(String name, Map<String, Integer> floors) {
    return floors.entrySet().stream()
        .filter(row -> ("/" + row.getKey()).endsWith("/" + name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  /// A module on no floor may use all others, and none of them may use it.
  private static int floor(String cell) {
    return cell.equals("–") ? Integer.MAX_VALUE : Integer.parseInt(cell);
  }

  private static List<MatchResult> requires(String module) throws IOException {
    Path declaration = ROOT.resolve(module).resolve("src/main/java/module-info.java");
    return Files.exists(declaration)
        ? REQUIRES.matcher(Files.readString(declaration)).results().toList()
        : List.of();
  }
}
