package dev.groundhog.pouch.internal.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RotationTest {
  @TempDir Path folder;

  private Printing container() {
    return new Printing(folder);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".raw"))
          .sorted()
          .toList();
    }
  }

  private static String numbers(int from, int to) {
    StringBuilder text = new StringBuilder();
    IntStream.range(from, to).forEach(i -> text.append(i).append('\n'));
    return text.toString();
  }

  /// That the numbers from 0 to `count` come each once and in order.
  private static void assertNumbers(LogCursor cursor, int count) throws Exception {
    int expected = 0;
    for (Optional<LogEntry> entry = cursor.next(); entry.isPresent(); entry = cursor.next()) {
      if (!entry.get().text().equals(expected + "\n")) {
        assertThat(entry.get().text()).isEqualTo(expected + "\n");
      }
      expected++;
    }
    assertThat(expected).isEqualTo(count);
  }

  @Test
  void filesAreFullAtMaxSizeAndAsManyAsMaxFile() throws Exception {
    container().out(numbers(0, 1000));
    container().takeOver(Printing.options(1000, 3));
    assertThat(files()).containsExactly("json.log", "json.log.1", "json.log.2");
    assertThat(Files.size(folder.resolve("json.log.1"))).isBetween(1000L, 1100L);
    List<String> texts = container().texts();
    int first = 1000 - texts.size();
    assertThat(texts).isEqualTo(numbers(first, 1000).lines().map(line -> line + "\n").toList());
  }

  @Test
  void withOneFileTheLogBeginsAnew() throws Exception {
    container().out(numbers(0, 1000));
    container().takeOver(Printing.options(1000, 1));
    assertThat(files()).containsExactly("json.log");
    assertThat(container().texts()).isNotEmpty().hasSizeLessThan(20).endsWith("999\n");
    container().out(numbers(1000, 1001));
    container().takeOver(Printing.options(1000, 1));
    assertThat(container().texts()).endsWith("999\n", "1000\n");
  }

  @Test
  void aSlowFollowerSeesEachLineOnceThoughItsFilesAreRotatedAway() throws Exception {
    for (int maxFiles = 1; maxFiles <= 3; maxFiles++) {
      Path one = Files.createDirectory(folder.resolve("max" + maxFiles));
      try (Logs logs = new Logs();
          ContainerLog log = logs.open(one, Printing.options(10_000, maxFiles))) {
        log.collect();
        LogCursor slow = log.read(LogQuery.everything().following());
        LogCursor slower = log.read(LogQuery.everything().following());
        LogCursor none = log.read(LogQuery.everything().following());
        new Printing(one).out(numbers(0, 10_000));
        assertThat(slow.next().orElseThrow().text()).isEqualTo("0\n");
        log.finish();
        none.close();
        slow.close();
        assertThat(one.toFile().list()).hasSizeGreaterThan(50);
        assertNumbers(slower, 10_000);
        assertThat(one.toFile().list()).hasSize(1 + maxFiles);
        slower.close();
        assertThat(log.segments().readers()).isZero();
      }
    }
  }

  @Test
  void aReaderThatDoesNotFollowIsNotDisturbedEither() throws Exception {
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, Printing.options(1000, 2))) {
      log.collect();
      container().out(numbers(0, 10));
      log.finish();
      LogCursor cursor = log.read(LogQuery.everything());
      log.collect();
      container().out(numbers(10, 1000));
      log.finish();
      assertNumbers(cursor, 10);
      cursor.close();
      assertThat(files()).containsExactly("json.log", "json.log.1");
    }
  }

  @Test
  void aFollowerThatLagsTooFarIsTold() throws Exception {
    try (Logs logs = new Logs(20_000);
        ContainerLog log = logs.open(folder, Printing.options(1000, 2))) {
      log.collect();
      LogCursor cursor = log.read(LogQuery.everything().following());
      container().out(numbers(0, 10_000));
      log.finish();
      long bytes = 0;
      for (String file : files()) {
        bytes += Files.size(folder.resolve(file));
      }
      assertThat(bytes).as("nothing is kept for one that is lost").isLessThan(2_200);
      assertThatExceptionOfType(LogLagException.class)
          .isThrownBy(() -> Printing.rest(cursor))
          .withMessageContaining("20000 bytes");
      cursor.close();
      assertThat(files()).containsExactly("json.log", "json.log.1");
    }
  }

  @Test
  void whatWasKeptForReadersIsGoneAfterARestart() throws Exception {
    container().out(numbers(0, 100));
    container().takeOver(Printing.options(1000, 2));
    Files.copy(folder.resolve("json.log.1"), folder.resolve("json.log.kept.3"));
    List<String> before = container().texts();
    assertThat(files()).containsExactly("json.log", "json.log.1");
    assertThat(container().texts()).isEqualTo(before);
  }

  @Test
  void aMillionLinesThroughFiftyRotationsOnceAndInOrder() throws Exception {
    int lines = 1_000_000;
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, Printing.options(1_700_000, 3));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      log.collect();
      List<Future<?>> readers = new ArrayList<>();
      for (int reader = 0; reader < 2; reader++) {
        LogCursor cursor = log.read(LogQuery.everything().following());
        Callable<Void> read =
            () -> {
              try (cursor) {
                assertNumbers(cursor, lines);
              }
              return null;
            };
        readers.add(threads.submit(read));
      }
      try (OutputStream out =
          new BufferedOutputStream(container().open(LogStream.STDOUT), 64 << 10)) {
        for (int i = 0; i < lines; i++) {
          out.write((i + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }
      log.finish();
      for (Future<?> reader : readers) {
        reader.get();
      }
      assertThat(log.segments().current().number).isBetween(50L, 60L);
    }
    assertThat(files()).containsExactly("json.log", "json.log.1", "json.log.2");
  }

  @Tag("long")
  @Test
  void aFollowerThatIsSlowerThanTheRotationsSeesEachLine() throws Exception {
    int lines = 300_000;
    try (Logs logs = new Logs();
        ContainerLog log = logs.open(folder, Printing.options(500_000, 2))) {
      log.collect();
      LogCursor cursor = log.read(LogQuery.everything().following());
      container().out(numbers(0, lines));
      Thread.ofVirtual()
          .start(() -> {
            try {
              log.finish();
            } catch (IOException | InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
      for (int i = 0; i < lines; i++) {
        assertThat(cursor.next().orElseThrow().text()).isEqualTo(i + "\n");
        if (i % 10_000 == 0) {
          Thread.sleep(100);
        }
      }
      assertThat(cursor.next()).isEmpty();
      cursor.close();
    }
  }
}
