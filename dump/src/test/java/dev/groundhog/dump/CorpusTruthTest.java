package dev.groundhog.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every dump of the corpus is read to the truth, which stands in `corpus/files.tsv` and
/// `corpus/groups.tsv`.
public class CorpusTruthTest {
  private static final Path CORPUS = Path.of("src", "test", "resources", "corpus");

  private record FileRow(String file, String threads, String virtual, String warnings, String set) {
    boolean isDump() {
      return !threads.equals("-");
    }

    @Override
    public String toString() {
      return file;
    }
  }

  private record Group(
      String set,
      String function,
      long count,
      String kind,
      String state,
      String waitKind,
      String labels) {}

  static List<FileRow> dumps() throws IOException {
    return files().stream().filter(FileRow::isDump).toList();
  }

  /// The files that are dumps, below `/corpus/` on the class path.
  public static List<String> dumpFiles() throws IOException {
    return dumps().stream().map(FileRow::file).toList();
  }

  static List<FileRow> others() throws IOException {
    return files().stream().filter(row -> !row.isDump()).toList();
  }

  @ParameterizedTest
  @MethodSource("dumps")
  void aDumpHasItsThreadsAndItsPlantedGroups(FileRow row) throws IOException {
    Dump dump = read(row.file);
    assertThat(dump.threadCount()).isEqualTo(Long.parseLong(row.threads));
    assertThat(dump.only(t -> t.kind() == ThreadKind.VIRTUAL).threadCount())
        .isEqualTo(Long.parseLong(row.virtual));
    assertThat(dump.warnings()).hasSize(Integer.parseInt(row.warnings));
    groups(row.set)
        .forEach((function, planted) ->
            assertThat(found(dump, row.set, function)).as(function).isEqualTo(planted));
  }

  @ParameterizedTest
  @MethodSource("others")
  void whatIsNoDumpIsRefused(FileRow row) {
    assertThatThrownBy(() -> read(row.file))
        .isInstanceOfSatisfying(
            DumpException.class,
            e -> assertThat(e.code()).isEqualTo(DumpException.Code.UNKNOWN_FORMAT))
        .hasMessageContaining("Go debug=2");
  }

  @Test
  void theTruthOfEveryFileIsWrittenDown() throws IOException {
    try (Stream<Path> found = Files.walk(CORPUS, 2)) {
      assertThat(
              found
                  .filter(Files::isRegularFile)
                  .map(file -> CORPUS.relativize(file).toString())
                  .filter(file -> !file.endsWith(".tsv") && !file.endsWith("README.txt")))
          .containsExactlyInAnyOrderElementsOf(files().stream().map(FileRow::file).toList());
    }
  }

  /// The groups of one function, as `groups.tsv` writes them, with their counts.
  private static Map<Group, Long> found(Dump dump, String set, String function) {
    Map<Group, Long> found = new java.util.HashMap<>();
    dump.forEach(thread -> {
      if (thread.stack().frames().stream().anyMatch(f -> f.function().equals(function))) {
        Group group =
            new Group(
                set,
                function,
                0,
                thread.kind().name(),
                orDash(thread.state().name()),
                orDash(thread.waitKind().name()),
                labels(thread));
        found.merge(group, thread.count(), Long::sum);
      }
    });
    return found;
  }

  private static String labels(DumpThread thread) {
    String labels =
        new TreeMap<>(thread.labels())
            .entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue())
                .collect(Collectors.joining(" "));
    return labels.isEmpty() ? "-" : labels;
  }

  private static String orDash(String constant) {
    return constant.equals("UNKNOWN") ? "-" : constant;
  }

  private static Map<String, Map<Group, Long>> groups(String set) throws IOException {
    return rows("groups.tsv", 7).stream()
        .filter(row -> row[0].equals(set))
        .map(row ->
            new Group(row[0], row[1], Long.parseLong(row[2]), row[3], row[4], row[5], row[6]))
        .collect(
            Collectors.groupingBy(
                Group::function,
                Collectors.toMap(
                    g -> new Group(g.set, g.function, 0, g.kind, g.state, g.waitKind, g.labels),
                    Group::count)));
  }

  private static List<FileRow> files() throws IOException {
    return rows("files.tsv", 5).stream()
        .map(row -> new FileRow(row[0], row[1], row[2], row[3], row[4]))
        .toList();
  }

  private static List<String[]> rows(String table, int columns) throws IOException {
    List<String[]> rows =
        Files.readAllLines(CORPUS.resolve(table)).stream()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split("\t", -1))
            .toList();
    assertThat(rows).isNotEmpty().allMatch(row -> row.length == columns);
    return rows;
  }

  private static Dump read(String file) throws IOException {
    try (InputStream input = Files.newInputStream(CORPUS.resolve(file))) {
      List<Dump> dumps = DumpReader.readAll(input);
      assertThat(dumps).hasSize(1);
      return dumps.getFirst();
    }
  }
}
