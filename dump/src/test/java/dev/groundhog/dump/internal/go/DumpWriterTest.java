package dev.groundhog.dump.internal.go;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.StackCounts;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is written can be read again, by this module and by Go's own tools.
class DumpWriterTest {
  @Test
  void everyThreadOfATracebackIsReadBackEqual() throws IOException {
    for (String file : List.of("zoo-aged-debug2.txt.gz", "zoo-sigquit-system.txt.gz")) {
      Dump dump = Dumps.corpus(file);
      StringBuilder text = new StringBuilder();
      DumpWriter.goDebug2(dump, text);
      assertThat(Dumps.rows(read(text))).isEqualTo(Dumps.rows(dump));
    }
  }

  @Test
  void aggregatedTextIsReadBackEqual() throws IOException {
    Dump dump = Dumps.corpus("zoo-aged-debug1.txt");
    StringBuilder text = new StringBuilder();
    DumpWriter.goDebug1(dump, text);
    assertThat(Dumps.rows(read(text))).isEqualTo(Dumps.rows(dump));
  }

  @Test
  void aProfileIsReadBackEqual() throws IOException {
    Dump dump = Dumps.corpus("zoo-aged-debug0.pb.gz");
    Dump back = Dumps.only(profile(dump));
    assertThat(back.warnings()).isEmpty();
    assertThat(Dumps.rows(back)).isEqualTo(Dumps.rows(dump));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zoo-jdk25-dump_to_file.json.gz",
        "zoo-jdk21-dump_to_file.txt.gz",
        "waits-jdk17-thread_print.txt.gz",
        "waits-jdk25-thread_print.txt.gz"
      })
  void aDumpOfTheJvmIsReadBackAsFarAsAFormatCarriesIt(String file) throws IOException {
    Dump dump = Dumps.jvmCorpus(file);
    StringBuilder debug2 = new StringBuilder();
    StringBuilder debug1 = new StringBuilder();
    DumpWriter.goDebug2(dump, debug2);
    DumpWriter.goDebug1(dump, debug1);
    assertThat(stacksById(read(debug2))).isEqualTo(stacksById(dump));
    assertThat(counts(read(debug1))).isEqualTo(counts(dump));
    assertThat(counts(Dumps.only(profile(dump)))).isEqualTo(counts(dump));
  }

  @ParameterizedTest
  @CsvSource({
    "dev.acme.T.waits (for ever), dev.acme.T.waits_(for_ever)",
    "dev.acme.T.a(b(c)d)e, dev.acme.T.a_b_c_d_e",
    "dev.acme.T.open(, dev.acme.T.open_",
    "dev.acme.T.close), dev.acme.T.close_",
    "main.(*T).m, main.(*T).m",
    "dev.acme.T.<init>, dev.acme.T.<init>",
  })
  void aNameIsWrittenSoThatOtherParsersTakeIt(String function, String written) throws IOException {
    Dump dump = waiting(new Frame(function, "a:1.java", 7));
    StringBuilder text = new StringBuilder();
    DumpWriter.goDebug2(dump, text);
    assertThat(text.toString())
        .isEqualTo("goroutine 31 [WAITING]:\n" + written + "(...)\n\ta_1.java:7 +0x0\n");
    assertThat(Dumps.row(read(text)).stack().frames())
        .containsExactly(new Frame(written, "a_1.java", 7));
  }

  @Test
  void gapsAndMissingStacksHaveTheFormOfFramesAndAreReadBack() throws IOException {
    Dump dump =
        Dumps.text(
            "goroutine 4 [sleep]:",
            "main.f(...)",
            "\t/x.go:1 +0x1",
            "...57 frames elided...",
            "main.g(...)",
            "\t/x.go:2 +0x1",
            "",
            "goroutine 5 [running]:",
            "\tgoroutine running on other thread; stack unavailable",
            "created by main.b in goroutine 1",
            "\t/x.go:2 +0x1");
    StringBuilder text = new StringBuilder();
    DumpWriter.goDebug2(dump, text);
    assertThat(text.toString())
        .contains("...57 frames elided...(...)\n\t?:0 +0x0\n", "(no_frames)(...)\n\t?:0 +0x0\n");
    assertThat(Dumps.rows(read(text))).isEqualTo(Dumps.rows(dump));
  }

  @Test
  void foldedStacksBeginOutermost() throws IOException {
    StringBuilder text = new StringBuilder();
    DumpWriter.folded(Dumps.corpus("zoo-aged-debug1.txt"), text);
    assertThat(text.toString()).startsWith("main.blockedReceive 50\nmain.blockedSend 20\n");
    assertThat(text.toString()).contains("main.onMutex;sync.(*Mutex).Lock");
  }

  @Test
  void aThreadOfTheJvmIsWrittenAsAGoroutine() throws IOException {
    StringBuilder text = new StringBuilder();
    DumpWriter.goDebug2(jvm(), text);
    assertThat(text.toString())
        .isEqualTo(
            """
            goroutine 31 [WAITING (parking)]:
            jdk.internal.misc.Unsafe.park(...)
            \t?:0 +0x0
            com.example.My_Class.run(...)
            \tMyClass.java:7 +0x0
            com.example.Box<String>.put(...)
            \tBox.java:9 +0x0
            """);
  }

  @Test
  void goReadsTheProfileWithoutAWarning(@TempDir Path directory) throws Exception {
    assumeTrue(hasGo(), "go is not installed");
    for (Dump dump :
        List.of(
            Dumps.corpus("zoo-aged-debug2.txt.gz"), Dumps.corpus("zoo-aged-debug0.pb.gz"), jvm())) {
      Path file = Files.write(directory.resolve("profile.pb.gz"), profile(dump));
      Path errors = directory.resolve("errors");
      Process pprof =
          new ProcessBuilder("go", "tool", "pprof", "-raw", file.toString())
              .redirectError(errors.toFile())
              .start();
      String out = new String(pprof.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(pprof.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(errors)).isEmpty();
      assertThat(out).contains("goroutine/count[dflt]");
      assertThat(pprof.exitValue()).isZero();
      for (DumpThread row : Dumps.rows(dump)) {
        row.stack().frames().forEach(f -> assertThat(out).contains(" " + f.function() + " "));
      }
    }
  }

  @Test
  void goReadsWhatGrewAndWhatShrank(@TempDir Path directory) throws Exception {
    assumeTrue(hasGo(), "go is not installed");
    Frame same = new Frame("T.same", "T.java", 1);
    Frame less = new Frame("T.less", "T.java", 2);
    Frame more = new Frame("T.more", "T.java", 3);
    ByteArrayOutputStream delta = new ByteArrayOutputStream();
    DumpWriter.profileDelta(
        StackCounts.of(waiting(same, less, less, less)),
        StackCounts.of(waiting(more, same, more)),
        delta);
    Path file = Files.write(directory.resolve("delta.pb.gz"), delta.toByteArray());
    Process pprof =
        new ProcessBuilder("go", "tool", "pprof", "-traces", file.toString())
            .redirectErrorStream(true)
            .start();
    String out = new String(pprof.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(pprof.waitFor()).as(out).isZero();
    assertThat(out)
        .containsPattern("-3 +T.less")
        .containsPattern(" 2 +T.more")
        .doesNotContain("T.same");
  }

  private static boolean hasGo() {
    try {
      return new ProcessBuilder("go", "version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Dump read(CharSequence text) {
    Dump dump = Dumps.only(text.toString().getBytes(StandardCharsets.UTF_8));
    assertThat(dump.warnings()).isEmpty();
    return dump;
  }

  private static byte[] profile(Dump dump) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    DumpWriter.profile(dump, out);
    return out.toByteArray();
  }

  /// What `debug=2` carries of a thread of the JVM: its id and its frames.
  private static Map<Long, List<Frame>> stacksById(Dump dump) {
    Map<Long, List<Frame>> stacks = new HashMap<>();
    for (DumpThread row : Dumps.rows(dump)) {
      stacks.merge(row.id().orElse(0), frames(row), DumpWriterTest::concat);
    }
    return stacks;
  }

  /// What the aggregated formats carry: how many threads are at each stack.
  private static Map<List<Frame>, Long> counts(Dump dump) {
    Map<List<Frame>, Long> counts = new HashMap<>();
    Dumps.rows(dump).forEach(row -> counts.merge(frames(row), row.count(), Long::sum));
    return counts;
  }

  /// No format of Go's says that a frame is native.
  private static List<Frame> frames(DumpThread row) {
    return row.stack().frames().stream()
        .map(f -> f.line() == Frame.NATIVE ? new Frame(f.function(), f.file(), 0) : f)
        .toList();
  }

  /// Threads without an id, such as the VM's own, are all 0.
  private static List<Frame> concat(List<Frame> a, List<Frame> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
  }

  private static Dump jvm() {
    return dump(
        DumpThread.of(
                ThreadKind.PLATFORM,
                new CallStack(
                    List.of(
                        new Frame("jdk.internal.misc.Unsafe.park", "", Frame.NATIVE),
                        new Frame("com.example.My Class.run", "MyClass.java", 7),
                        new Frame("com.example.Box<String>.put", "Box.java", 9))))
            .id(31)
            .name("pool-1\nthread 1")
            .state(ThreadState.WAITING)
            .waits(WaitKind.PARK, "")
            .labels(Map.of("a \"key\"", "value"))
            .build());
  }

  /// A thread at each of `frames`.
  private static Dump waiting(Frame... frames) {
    return dump(
        Stream.of(frames)
            .map(frame ->
                DumpThread.of(ThreadKind.VIRTUAL, new CallStack(List.of(frame)))
                    .id(31)
                    .state(ThreadState.WAITING)
                    .build())
            .toArray(DumpThread[]::new));
  }

  private static Dump dump(DumpThread... threads) {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(new ProcessInfo(OptionalLong.empty(), Optional.empty(), "", "test"));
    Stream.of(threads).forEach(collector::thread);
    collector.end();
    return collector.dumps().getFirst();
  }
}
