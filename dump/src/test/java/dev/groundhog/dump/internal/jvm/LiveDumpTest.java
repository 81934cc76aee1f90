package dev.groundhog.dump.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.WaitKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Dumps of the JVM that runs this test, by its own `jcmd`.
class LiveDumpTest {
  private final CountDownLatch latch = new CountDownLatch(1);
  private final List<Thread> planted = new ArrayList<>();
  private final int size = 1 + new Random().nextInt(300);

  @TempDir Path directory = Path.of("");

  @BeforeEach
  void plant() throws InterruptedException {
    for (int i = 0; i < size; i++) {
      planted.add(Thread.ofVirtual().name("planted-" + i).start(this::await));
    }
    planted.add(Thread.ofPlatform().name("planted \"platform\"").start(this::await));
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (planted.stream().anyMatch(t -> t.getState() != Thread.State.WAITING)) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private void await() {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void release() throws InterruptedException {
    latch.countDown();
    for (Thread thread : planted) {
      assertThat(thread.join(java.time.Duration.ofSeconds(20))).isTrue();
    }
  }

  @Test
  void aJsonDumpHasEveryPlantedThread() throws Exception {
    Path file = directory.resolve("dump.json");
    jcmd("Thread.dump_to_file", "-format=json", file.toString());
    every(JvmDumps.only(Files.readAllBytes(file)), size);
  }

  @Test
  void aTextDumpHasEveryPlantedThread() throws Exception {
    Path file = directory.resolve("dump.txt");
    jcmd("Thread.dump_to_file", file.toString());
    every(JvmDumps.only(Files.readAllBytes(file)), size);
  }

  @Test
  void aThreadPrintHasThePlatformThreadOnly() throws Exception {
    Dump dump = JvmDumps.only(jcmd("Thread.print", "-l"));
    every(dump, 0);
    assertThat(JvmDumps.named(dump, "planted \"platform\"").age()).isPresent();
  }

  private void every(Dump dump, int virtual) {
    assertThat(dump.warnings()).isEmpty();
    assertThat(dump.process().pid()).hasValue(ProcessHandle.current().pid());
    List<DumpThread> found =
        JvmDumps.rows(dump).stream().filter(t -> t.name().startsWith("planted")).toList();
    assertThat(found)
        .hasSize(virtual + 1)
        .allSatisfy(t -> assertThat(t.waitKind()).isEqualTo(WaitKind.LATCH))
        .allSatisfy(t ->
            assertThat(t.blockedOn().orElseThrow().type())
                .isEqualTo("java.util.concurrent.CountDownLatch$Sync"));
    assertThat(found).filteredOn(t -> t.kind() == ThreadKind.VIRTUAL).hasSize(virtual);
    assertThat(found)
        .extracting(t -> t.id().orElseThrow())
        .containsAll(
            planted.stream()
                .filter(t -> virtual > 0 || !t.isVirtual())
                .map(Thread::threadId)
                .toList());
  }

  private byte[] jcmd(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
    command.add(Long.toString(ProcessHandle.current().pid()));
    command.addAll(List.of(arguments));
    Path output = directory.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    } finally {
      process.destroyForcibly();
    }
    return Files.readAllBytes(output);
  }
}
