package dev.groundhog.target.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.target.Target;
import dev.groundhog.target.TargetException;
import dev.groundhog.target.TargetException.Code;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JvmAttachTest {
  private static final int NOBODY = 65_534;
  private final int count = ThreadLocalRandom.current().nextInt(100, 3_000);
  @TempDir Path folder;

  @Test
  void aSecondJvmIsReadByItsPidWithAllItsVirtualThreads() throws Exception {
    try (SecondJvm jvm = SecondJvm.withVirtualThreads(count, folder)) {
      Target target = Target.of(Long.toString(jvm.pid()));
      assertThat(target.pid()).hasValue(jvm.pid());
      for (int look = 0; look < 3; look++) {
        Dump dump = onlyOne(target.dumps());
        assertThat(dump.process().pid()).hasValue(jvm.pid());
        assertThat(waiting(dump, ThreadKind.VIRTUAL)).isEqualTo(count);
      }
    }
  }

  @Test
  void aLookLeavesNoThreadNoDescriptorAndNoFile() throws Exception {
    try (SecondJvm jvm = SecondJvm.withVirtualThreads(10, folder)) {
      JvmAttach.dump(jvm.pid());
      long descriptors = openPipesAndSockets();
      for (int look = 0; look < 20; look++) {
        JvmAttach.dump(jvm.pid());
      }
      assertThat(openPipesAndSockets()).isLessThanOrEqualTo(descriptors);
      for (Thread thread : Thread.getAllStackTraces().keySet()) {
        if (thread.getName().startsWith("groundhog-")) {
          thread.join(Duration.ofSeconds(20));
          assertThat(thread.isAlive()).as(thread.getName()).isFalse();
        }
      }
      assertThat(leftovers(jvm.pid())).isEmpty();
    }
  }

  @Test
  void afterItsReaderIsKilledTheTargetStillAnswers() throws Exception {
    try (SecondJvm jvm = SecondJvm.withVirtualThreads(20_000, folder)) {
      ProcessBuilder reader =
          new ProcessBuilder(
              SecondJvm.ownJava().toString(),
              "-cp",
              String.join(File.pathSeparator, classPath()),
              StuckReader.class.getName(),
              Long.toString(jvm.pid()));
      try (SecondJvm stuck = SecondJvm.ready(reader)) {
        assertThat(stuck.process().isAlive()).isTrue();
      }
      assertThat(JvmAttach.run(jvm.pid(), "VM.version")).contains("JDK 25");
      assertThat(waiting(onlyOne(JvmAttach.dump(jvm.pid())), ThreadKind.VIRTUAL)).isEqualTo(20_000);
    }
  }

  @Test
  void aLongAnswerComesWhole() throws Exception {
    try (SecondJvm jvm = SecondJvm.withVirtualThreads(1, folder)) {
      assertThat(JvmAttach.run(jvm.pid(), "VM.class_hierarchy"))
          .hasSizeGreaterThan(16_384)
          .contains("java.lang.Thread");
      AtomicLong bytes = new AtomicLong();
      JvmAttach.run(
          jvm.pid(),
          "VM.symboltable -verbose",
          JvmAttach.LIMIT,
          text -> bytes.addAndGet(text.readAllBytes().length));
      assertThat(bytes.get()).isGreaterThan(100_000);
    }
  }

  @Test
  void theTargetRunsOnWhileNobodyReadsItsAnswer() throws Exception {
    for (String command : List.of("VM.symboltable -verbose", "VM.class_hierarchy")) {
      try (SecondJvm jvm = SecondJvm.withVirtualThreads(1, folder);
          Watchdog watchdog = new Watchdog("test", Duration.ofMinutes(2));
          AttachSocket socket = AttachSocket.connect(jvm.pid(), watchdog)) {
        InputStream answer = socket.send(command).text();
        assertThat(answer.read()).isNotNegative();
        // More of it waits than the socket holds. A JVM in a safepoint could not even end.
        jvm.process().getOutputStream().close();
        assertThat(jvm.process().waitFor(1, TimeUnit.MINUTES)).as(command).isTrue();
      }
    }
  }

  @Test
  void aCommandThatTheTargetDoesNotKnowIsAnErrorOfOneLine() throws Exception {
    try (SecondJvm jvm = SecondJvm.withVirtualThreads(1, folder)) {
      assertThatThrownBy(() -> JvmAttach.run(jvm.pid(), "No.such_command"))
          .isInstanceOfSatisfying(
              TargetException.class, e -> assertThat(e.code()).isEqualTo(Code.NO_ACCESS))
          .hasMessageContaining("Unknown diagnostic command");
    }
  }

  @Test
  void aStoppedJvmEndsTheLookAtItsLimitAndIsReadableOnceItGoesOn() throws Exception {
    try (SecondJvm jvm = SecondJvm.withVirtualThreads(count, folder)) {
      JvmAttach.dump(jvm.pid());
      signal("STOP", jvm.pid());
      assertThatThrownBy(() -> JvmAttach.dump(jvm.pid(), Duration.ofMillis(300)))
          .isInstanceOfSatisfying(
              TargetException.class, e -> assertThat(e.code()).isEqualTo(Code.TIMEOUT));
      signal("CONT", jvm.pid());
      assertThat(waiting(onlyOne(JvmAttach.dump(jvm.pid())), ThreadKind.VIRTUAL)).isEqualTo(count);
    }
  }

  @Test
  void aProcessThatIsNoJvmIsNotSignalled() throws Exception {
    Process other = new ProcessBuilder("cat").start();
    try {
      assertThatThrownBy(() -> JvmAttach.dump(other.pid()))
          .isInstanceOfSatisfying(
              TargetException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_A_JVM));
      // It still echoes: SIGQUIT would have ended it.
      other.outputWriter().append("alive\n").flush();
      assertThat(other.inputReader().readLine()).isEqualTo("alive");
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void aJvmThatLeavesSigquitToTheSystemIsReadWithoutIt() throws Exception {
    List<String> command =
        List.of(SecondJvm.ownJava().toString(), "-Xrs", "-cp", folder.toString(), "Waiting", "7");
    SecondJvm.withVirtualThreads(1, folder).close();
    try (SecondJvm jvm = SecondJvm.ready(new ProcessBuilder(command))) {
      assertThat(waiting(onlyOne(JvmAttach.dump(jvm.pid())), ThreadKind.VIRTUAL)).isEqualTo(7);
      assertThat(jvm.process().isAlive()).isTrue();
    }
  }

  @Test
  void aJvmThatForbidsToAttachIsToldSoAndPrintsNothing() throws Exception {
    SecondJvm.withVirtualThreads(1, folder).close();
    List<String> command =
        List.of(
            SecondJvm.ownJava().toString(),
            "-XX:+DisableAttachMechanism",
            "-cp",
            folder.toString(),
            "Waiting",
            "1");
    try (SecondJvm jvm = SecondJvm.ready(new ProcessBuilder(command))) {
      assertThatThrownBy(() -> JvmAttach.dump(jvm.pid()))
          .isInstanceOfSatisfying(
              TargetException.class, e -> assertThat(e.code()).isEqualTo(Code.NO_ACCESS))
          .hasMessageContaining("DisableAttachMechanism");
      jvm.process().getOutputStream().close();
      // A signal would have made it print its threads.
      assertThat(jvm.process().inputReader().readLine()).isNull();
    }
  }

  @Test
  void aDeadPidIsNoSuchProcess() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    assertThatThrownBy(() -> Target.of(Long.toString(ended.pid())).dumps())
        .isInstanceOfSatisfying(
            TargetException.class, e -> assertThat(e.code()).isEqualTo(Code.NO_SUCH_PROCESS));
  }

  @Test
  void aJvmOfAnotherUserIsReadByRoot() throws Exception {
    assumeTrue(isRoot(), "needs root");
    assumeTrue(exists("setpriv"), "needs setpriv");
    open(folder);
    List<String> asNobody =
        List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
    try (SecondJvm jvm =
        SecondJvm.withVirtualThreads(SecondJvm.ownJava(), asNobody, count, folder)) {
      assertThat(waiting(onlyOne(JvmAttach.dump(jvm.pid())), ThreadKind.VIRTUAL)).isEqualTo(count);
      assertThat(leftovers(jvm.pid())).isEmpty();
    }
  }

  @Test
  void aJvmInAnotherPidAndMountNamespaceIsReadByRoot() throws Exception {
    assumeTrue(isRoot(), "needs root");
    assumeTrue(exists("unshare"), "needs unshare");
    assumeTrue(
        new ProcessBuilder("unshare", "-pfm", "true").start().waitFor() == 0,
        "unshare is not permitted here");
    List<String> apart = List.of("unshare", "-pfm", "--kill-child", "--mount-proc");
    try (SecondJvm jvm = SecondJvm.withVirtualThreads(SecondJvm.ownJava(), apart, count, folder)) {
      long inner = jvm.process().children().findFirst().orElseThrow().pid();
      assertThat(waiting(onlyOne(JvmAttach.dump(inner)), ThreadKind.VIRTUAL)).isEqualTo(count);
      assertThat(leftovers(inner)).isEmpty();
    }
  }

  @Test
  void olderRuntimesAreReadToo() throws Exception {
    String homes = System.getenv().getOrDefault("GROUNDHOG_TEST_JDKS", "");
    assumeTrue(!homes.isEmpty(), "GROUNDHOG_TEST_JDKS names no Java homes");
    for (String home : homes.split(File.pathSeparator)) {
      Path java = Path.of(home, "bin", "java");
      String version = LibJvm.version(ProcessHandle.current().pid(), home + "/lib/libjvm.so");
      assertThat(version).as(home).isNotEmpty();
      if (Integer.parseInt(version.replaceFirst("[^0-9].*", "")) >= 21) {
        try (SecondJvm jvm = SecondJvm.withVirtualThreads(java, List.of(), count, folder)) {
          assertThat(waiting(onlyOne(JvmAttach.dump(jvm.pid())), ThreadKind.VIRTUAL))
              .as(version)
              .isEqualTo(count);
        }
      } else {
        try (SecondJvm jvm = SecondJvm.withPlatformThreads(java, 50, folder)) {
          assertThat(waiting(onlyOne(JvmAttach.dump(jvm.pid())), ThreadKind.PLATFORM))
              .as(version)
              .isEqualTo(50);
        }
      }
    }
  }

  private static Dump onlyOne(List<Dump> dumps) {
    assertThat(dumps).hasSize(1);
    return dumps.getFirst();
  }

  private static long waiting(Dump dump, ThreadKind kind) {
    List<DumpThread> threads = new ArrayList<>();
    dump.forEach(threads::add);
    return threads.stream()
        .filter(thread -> thread.kind() == kind && thread.toString().contains("waitForNobody"))
        .count();
  }

  /// The folders in which pipes were made; files of that name are others' own.
  private static Set<String> leftovers(long pid) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/root/tmp"))) {
      return files
          .filter(Files::isDirectory)
          .map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("groundhog-look-"))
          .collect(Collectors.toSet());
    }
  }

  private static long openPipesAndSockets() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(descriptor -> {
            try {
              return Files.readSymbolicLink(descriptor).toString().matches("(pipe|socket):.*");
            } catch (IOException closed) {
              return false;
            }
          })
          .count();
    }
  }

  private static List<String> classPath() throws Exception {
    List<String> places = new ArrayList<>();
    for (Class<?> type : List.of(Target.class, StuckReader.class, Dump.class)) {
      places.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    String tests = JvmAttachTest.class.getResource("JvmAttachTest.class").getPath();
    places.add(tests.substring(0, tests.indexOf("/dev/groundhog/")));
    return places;
  }

  private static void open(Path folder) throws IOException {
    Files.setPosixFilePermissions(
        folder, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static boolean isRoot() throws IOException {
    return ProcFs.status(ProcessHandle.current().pid()).uid() == 0;
  }

  private static boolean exists(String command) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  private static void signal(String name, long pid) throws Exception {
    assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor())
        .isZero();
  }
}
