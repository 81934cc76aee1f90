package dev.groundhog.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.leak.Suppressions;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each in a JVM of its own, whose run begins and ends.
class BaselineTest {
  @TempDir private Path folder;

  static class Old {
    @Test
    void leaky() {
      Thread.startVirtualThread(Waiting::take);
    }
  }

  static class New {
    @Test
    void leakyToo() {
      Thread.ofPlatform().daemon().start(Waiting::acquire);
    }
  }

  static final class Waiting {
    private Waiting() {}

    static void take() {
      try {
        new LinkedBlockingQueue<>().take();
      } catch (InterruptedException _) {
        // it ends
      }
    }

    static void acquire() {
      new Semaphore(0).acquireUninterruptibly();
    }
  }

  private Path file() {
    return folder.resolve("known/leaks.suppressions");
  }

  private List<String> reading() {
    return List.of("-Dgroundhog.leak-check=test", "-Dgroundhog.leak-check.baseline=" + file());
  }

  private List<String> writing() {
    return List.of(
        "-Dgroundhog.leak-check=test",
        "-Dgroundhog.leak-check.baseline=" + file(),
        "-Dgroundhog.leak-check.baseline.write=true");
  }

  @Test
  void onlyLeaksFailThatAreNotInTheFile() throws Exception {
    assertThat(Child.run(writing(), Old.class))
        .contains(RunMain.WITH_AGENT)
        .contains("leak check: 1 new leak was written into " + file());
    assertThat(Child.run(reading(), Old.class)).contains(RunMain.WITH_AGENT);
    assertThat(Child.run(reading(), Old.class, New.class))
        .contains("leak: 1 platform thread of BaselineTest.New.leakyToo()")
        .doesNotContain("BaselineTest.Old.leaky()");
  }

  @Test
  void theFileSaysOfEachLeakWhereItWaitsAndWhichTestLeftIt() throws Exception {
    Child.run(writing(), Old.class);
    assertThat(Files.readAllLines(file()))
        .hasSize(2)
        .last()
        .asString()
        .matches(
            "signature=[0-9a-f]{12} reason=\"dev.groundhog.junit.BaselineTest\\$Waiting.take, left"
                + " by BaselineTest.Old.leaky\\(\\)\"");
  }

  private static final ThreadFactory DAEMONS = Thread.ofPlatform().daemon().factory();

  static class OldPool {
    @Test
    void leaky() throws Exception {
      idle();
    }

    private static void idle() throws Exception {
      Executors.newFixedThreadPool(1, DAEMONS).submit(() -> {}).get();
    }
  }

  static class NewPool {
    @Test
    void leaky() throws Exception {
      Executors.newFixedThreadPool(1, DAEMONS).submit(() -> {}).get();
    }
  }

  /// All idle pools wait at one stack, and so have one signature.
  @Test
  void anIdlePoolInTheFileHidesNoOtherOne() throws Exception {
    Child.run(writing(), OldPool.class);
    assertThat(Files.readString(file()))
        .contains(" created-by=dev.groundhog.junit.BaselineTest$OldPool.idle ");
    assertThat(Child.run(reading(), OldPool.class)).contains(RunMain.WITH_AGENT);
    assertThat(Child.run(reading(), OldPool.class, NewPool.class))
        .contains("leak: 1 platform thread of BaselineTest.NewPool.leaky()")
        .doesNotContain("BaselineTest.OldPool.leaky()");
  }

  @Test
  void whatWouldHideAllIdlePoolsIsNotWrittenAndThatIsSaid() throws Exception {
    List<String> blind =
        Stream.concat(
                Stream.of("-Dgroundhog.leak-check.without-agent=platform"), writing().stream())
            .toList();
    assertThat(Child.run(blind, OldPool.class, New.class))
        .contains(RunMain.WITHOUT_AGENT)
        .contains("leak check: 1 new leak was written into " + file())
        .contains("leak check: 1 leak was not written into " + file() + ": nothing but the JDK's");
    assertThat(Files.readAllLines(file())).hasSize(2);
  }

  @Test
  void aLeakForWhichTheFileHasNoRoomFailsAlsoTheRunThatWritesIt() throws Exception {
    Files.createDirectories(file().getParent());
    Files.write(
        file(),
        IntStream.range(0, 9_000).mapToObj(i -> "name=thread-" + i + " reason=known").toList());
    assertThat(Child.run(writing(), Old.class))
        .contains("leak: 1 virtual thread of BaselineTest.Old.leaky()");
    assertThat(Files.readAllLines(file())).hasSize(9_001); // with what the file is
  }

  @Test
  void severalRunsAddToOneFileAlsoAtTheSameTimeAndWhatPeopleWroteStays() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "# ours\nname=reporter-* reason=\"a library\"\n");
    Child one = Child.start(writing(), Old.class);
    Child two = Child.start(writing(), New.class);
    assertThat(one.finish()).contains("1 new leak was written");
    assertThat(two.finish()).contains("1 new leak was written");
    assertThat(Child.run(writing(), Old.class, New.class)).contains("0 new leaks were written");
    List<String> lines = Files.readAllLines(file());
    assertThat(lines).hasSize(4).startsWith("# ours", "name=reporter-* reason=\"a library\"");
    assertThat(lines.subList(1, 4)).isSorted();
    try (Reader reader = Files.newBufferedReader(file())) {
      assertThat(Suppressions.read(reader, "leaks").rules()).hasSize(3);
    }
    try (var files = Files.list(file().getParent())) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void theAgentAndTheJdkGiveOneLeakTheSameLine() throws Exception {
    Child.run(writing(), Old.class, New.class);
    List<String> byTheJdk =
        Stream.concat(Stream.of("-Dgroundhog.leak-check.without-agent=jdk"), reading().stream())
            .toList();
    assertThat(Child.run(byTheJdk, Old.class, New.class)).contains(RunMain.WITHOUT_AGENT);
  }

  @Test
  void aFileThatIsMissingOrMalformedFailsTheClassAndSaysWhatToDo() throws Exception {
    assertThat(Child.run(reading(), Old.class))
        .contains(
            "leak check: "
                + file()
                + " is not there: write it with -Dgroundhog.leak-check.baseline.write=true");
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "signature=none reason=x\n");
    assertThat(Child.run(reading(), Old.class))
        .contains("leak check: " + file() + ":1: 'none' is no signature");
    assertThat(
            Child.run(
                List.of("-Dgroundhog.leak-check.baseline.write=true", reading().getFirst()),
                Old.class))
        .contains("say into which file by groundhog.leak-check.baseline");
  }
}
