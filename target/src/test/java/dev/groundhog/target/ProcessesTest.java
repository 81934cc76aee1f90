package dev.groundhog.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.groundhog.target.internal.GoProgram;
import dev.groundhog.target.internal.SecondJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessesTest {
  @TempDir Path folder;

  @Test
  void aJvmIsListedWithItsVersionAndCommand() throws Exception {
    try (SecondJvm jvm = SecondJvm.withVirtualThreads(1, folder)) {
      ProcessSummary found = find(jvm.process().pid()).orElseThrow();
      assertThat(found.runtime()).isEqualTo("JVM " + System.getProperty("java.version"));
      assertThat(found.ppid()).isEqualTo(ProcessHandle.current().pid());
      assertThat(found.threads()).isGreaterThan(5);
      assertThat(found.command()).endsWith("Waiting 1");
    }
  }

  @Test
  void aProcessOfAnotherKindIsNotListed() throws Exception {
    Process other = new ProcessBuilder("cat").start();
    try {
      assertThat(find(other.pid())).isEmpty();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void aGoProcessIsListedWithItsVersionAndIsPointedToPprof() throws Exception {
    assumeTrue(!GoProgram.toolchains().isEmpty(), "no go on the path");
    String source =
        "package main\nimport \"os\"\nfunc main() { println(\"ready\"); os.Stdin.Read(make([]byte, 1)) }\n";
    for (String flags : List.of("", "-s -w")) {
      Path program = GoProgram.build(folder, "local", source, "-ldflags", flags);
      Process process = new ProcessBuilder(program.toString()).redirectErrorStream(true).start();
      try {
        assertThat(process.inputReader().readLine()).isEqualTo("ready");
        assertThat(find(process.pid()).orElseThrow().runtime()).matches("Go 1\\.[0-9.]+");
        assertThatThrownBy(() -> Target.of(Long.toString(process.pid())).dumps())
            .hasMessageContaining("net/http/pprof");
        assertThat(process.isAlive()).isTrue();
      } finally {
        process.destroyForcibly();
        process.onExit().join();
      }
    }
  }

  @Test
  void processesThatComeAndGoDoNoHarm() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    List<Exception> failures = new ArrayList<>();
    Thread starter =
        Thread.ofPlatform()
            .name("starter")
            .start(() -> {
              try {
                while (!done.get()) {
                  new ProcessBuilder("true").start().waitFor();
                }
              } catch (Exception e) {
                failures.add(e);
              }
            });
    for (int look = 0; look < 50; look++) {
      assertThat(Processes.list()).doesNotContainNull();
    }
    done.set(true);
    starter.join();
    assertThat(failures).isEmpty();
  }

  private static Optional<ProcessSummary> find(long pid) {
    return Processes.list().stream().filter(process -> process.pid() == pid).findFirst();
  }
}
