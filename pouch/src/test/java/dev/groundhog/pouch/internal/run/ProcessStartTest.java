package dev.groundhog.pouch.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessStartTest {
  private static final long SELF = ProcessHandle.current().pid();

  @TempDir Path folder;

  @BeforeEach
  void linuxOnly() {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/stat")), "no /proc here");
  }

  @Test
  void aProcessIsKnownByItsStart() {
    String start = ProcessStart.of(SELF);
    assertThat(start).isNotEmpty().isEqualTo(ProcessStart.of(SELF));
    assertThat(ProcessStart.isAlive(SELF, start)).isTrue();
  }

  @Test
  void anotherWithItsPidIsNot() {
    assertThat(ProcessStart.isAlive(SELF, ProcessStart.of(1))).isFalse();
    assertThat(ProcessStart.isAlive(SELF, "")).isFalse();
    assertThat(ProcessStart.isAlive(0, "")).isFalse();
    String ofOtherBoot = ProcessStart.of(SELF).replaceFirst("@.*", "@other");
    assertThat(ProcessStart.isAlive(SELF, ofOtherBoot)).isFalse();
  }

  @Test
  void oneThatHasEndedIsGone() throws Exception {
    Process process = new ProcessBuilder("sleep", "1000").start();
    String start = ProcessStart.of(process.pid());
    assertThat(ProcessStart.isAlive(process.pid(), start)).isTrue();
    process.destroyForcibly().waitFor();
    assertThat(ProcessStart.isAlive(process.pid(), start)).isFalse();
  }

  @Test
  void aSavedStatIsReadAndDoubted() throws IOException {
    Path saved = folder.resolve("parent");
    assertThat(ProcessStart.alive(saved)).isEmpty();
    Files.writeString(saved, "");
    assertThat(ProcessStart.alive(saved)).isEmpty();
    String stat = Files.readString(Path.of("/proc/" + SELF + "/stat"));
    Files.writeString(saved, ProcessStart.boot() + " " + stat);
    assertThat(ProcessStart.alive(saved)).isPresent();
    Files.writeString(saved, "another-boot " + stat);
    assertThat(ProcessStart.alive(saved)).isEmpty();
  }
}
