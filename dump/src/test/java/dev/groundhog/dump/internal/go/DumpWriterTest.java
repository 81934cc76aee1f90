package dev.groundhog.dump.internal.go;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.ThreadState;
import dev.groundhog.dump.WaitKind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    }
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

  private static Dump jvm() {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(new ProcessInfo(OptionalLong.empty(), Optional.empty(), "", "test"));
    collector.thread(
        DumpThread.of(
                ThreadKind.PLATFORM,
                new CallStack(
                    List.of(
                        new Frame("jdk.internal.misc.Unsafe.park", "", Frame.NATIVE),
                        new Frame("com.example.My Class.run", "MyClass.java", 7))))
            .id(31)
            .name("pool-1\nthread 1")
            .state(ThreadState.WAITING)
            .waits(WaitKind.PARK, "")
            .labels(Map.of("a \"key\"", "value"))
            .build());
    collector.end();
    return collector.dumps().getFirst();
  }
}
