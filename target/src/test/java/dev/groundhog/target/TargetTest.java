package dev.groundhog.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.target.TargetException.Code;
import dev.groundhog.target.internal.JvmAttach;
import dev.groundhog.target.internal.SecondJvm;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
  @TempDir Path folder;

  @Test
  void aFileThatAJvmWroteIsReadAndMayHoldSeveralDumps() throws Exception {
    try (SecondJvm jvm = SecondJvm.withVirtualThreads(3, folder)) {
      String print = JvmAttach.run(jvm.process().pid(), "Thread.print -l");
      Path file = Files.writeString(folder.resolve("two.txt"), print + "\n" + print);
      Target target = Target.of(file.toString());
      assertThat(target.dumps()).hasSize(2);
      assertThat(target.name()).isEqualTo(file.toString());
      assertThat(target.changes()).isFalse();
      assertThat(target.pid()).isEmpty();
    }
  }

  @Test
  void aProcessHasEndedAlsoWhileNobodyTookNoteOfIt() throws Exception {
    Process parent = new ProcessBuilder("sh", "-c", "sleep 0.3 & echo $!; exec sleep 60").start();
    try (BufferedReader said = parent.inputReader()) {
      Target child = Target.of(said.readLine());
      assertThat(Target.of(Long.toString(parent.pid())).hasEnded()).isFalse();
      for (int i = 0; i < 500 && !child.hasEnded(); i++) {
        Thread.sleep(10);
      }
      assertThat(child.hasEnded()).isTrue();
      assertThat(Files.exists(Path.of("/proc", child.pid().getAsLong() + ""))).isTrue();
    } finally {
      parent.destroyForcibly().waitFor();
    }
    assertThat(Target.of(Long.toString(parent.pid())).hasEnded()).isTrue();
    assertThat(Target.of(":6060").hasEnded()).isFalse();
  }

  @Test
  void aFileOfSomethingElseIsNoDump() throws Exception {
    Path file = Files.writeString(folder.resolve("poem.txt"), "Then it was yesterday.\n");
    assertFails(Code.NOT_A_DUMP, () -> Target.of(file.toString()).dumps());
  }

  @Test
  void aFolderIsRefused() {
    assertFails(Code.USAGE, () -> Target.of(folder.toString()).dumps());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "no-such-file",
        "ftp://host/x",
        "http://",
        "http://:80x/",
        "0",
        "99999999999999999999"
      })
  void whatNamesNoTargetIsAUsageError(String spec) {
    assertFails(Code.USAGE, () -> Target.of(spec));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost:6060", ":6060", "[::1]:6060", "my-host.example:80"})
  void aHostAndAPortAreAServer(String spec) throws Exception {
    assertThat(Target.of(spec).name())
        .isEqualTo("http://" + (spec.startsWith(":") ? "localhost" : "") + spec);
  }

  @Test
  void thisProcessItselfIsRefused() {
    String self = Long.toString(ProcessHandle.current().pid());
    assertFails(Code.NO_ACCESS, () -> Target.of(self).dumps());
  }

  private static void assertFails(
      Code code, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(TargetException.class, e -> assertThat(e.code()).isEqualTo(code))
        .message()
        .doesNotContain("\n");
  }
}
