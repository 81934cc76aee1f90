package dev.groundhog.dump.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpThread;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Cut, changed and hostile dumps: every complete thread is kept, the rest is told.
class BrokenInputTest {
  private static final String JSON_START =
      "{\"threadDump\":{\"processId\":7,\"threadContainers\":[{\"container\":\"c\",\"threads\":[";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "waits-jdk17-thread_print.txt",
        "waits-jdk25-thread_print.txt",
        "waits-jdk21-dump_to_file.txt",
        "waits-jdk25-dump_to_file.txt",
        "waits-jdk25-dump_to_file.json"
      })
  void everyPrefixKeepsTheThreadsThatAreComplete(String file) {
    byte[] whole = JvmDumps.bytes(file);
    List<DumpThread> all = JvmDumps.rows(JvmDumps.corpus(file));
    int before = 0;
    for (int length = 0; length <= whole.length; length += 7) {
      List<Dump> dumps;
      try {
        dumps = DumpReader.readAll(new ByteArrayInputStream(whole, 0, length));
      } catch (DumpException e) {
        assertThat(e.code()).isEqualTo(DumpException.Code.UNKNOWN_FORMAT);
        assertThat(before).isZero();
        continue;
      }
      List<DumpThread> rows = JvmDumps.rows(dumps.getFirst());
      assertThat(dumps).hasSize(1);
      // A carrier and the virtual thread it carries stand in one section, and go together.
      assertThat(rows.size()).isBetween(Math.max(0, before - 2), all.size());
      for (int i = 0; i < rows.size() - 2; i++) {
        assertThat(rows.get(i).stack()).isEqualTo(all.get(i).stack());
      }
      before = rows.size();
    }
    assertThat(before).isGreaterThanOrEqualTo(all.size() - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zoo-jdk25-dump_to_file.txt",
        "zoo-jdk25-dump_to_file.json",
        "zoo-jdk25-jstack.txt",
        "waits-jdk21-dump_to_file.json"
      })
  void changedBytesGiveNothingButThreadsOrADumpException(String file) {
    byte[] whole = JvmDumps.bytes(file);
    Random random = new Random(7);
    for (int round = 0; round < 60; round++) {
      byte[] changed = Arrays.copyOf(whole, Math.min(whole.length, 20_000));
      for (int i = 0; i < 1 + round; i++) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      try {
        DumpReader.readAll(new ByteArrayInputStream(changed));
      } catch (DumpException e) {
        assertThat(e.code()).isEqualTo(DumpException.Code.UNKNOWN_FORMAT);
      }
    }
  }

  @Test
  void endlessNestingEndsTheJsonWithTheByteAndKeepsTheThreads() {
    Dump dump = JvmDumps.text(JSON_START + "{\"tid\":\"1\",\"stack\":[]}," + "[".repeat(1_000_000));
    assertThat(dump.rows()).isEqualTo(1);
    assertThat(dump.warnings())
        .singleElement()
        .satisfies(w -> assertThat(w.text()).contains("at byte ").contains("deeper than 64"));
  }

  @Test
  void oneBrokenThreadOfAJsonDumpCostsNoOther() {
    String whole =
        new String(JvmDumps.bytes("waits-jdk25-dump_to_file.json"), StandardCharsets.UTF_8);
    int all = JvmDumps.text(whole).rows();
    for (String damage : List.of("\"name\": \"dead-1\"", "\"tid\": \"30\"")) {
      assertThat(whole).contains(damage);
      Dump dump = JvmDumps.text(whole.replaceFirst(damage, damage.substring(1) + "\\u0000}]"));
      assertThat(dump.rows()).isBetween(all - 2, all - 1);
      assertThat(JvmDumps.rows(dump)).extracting(DumpThread::name).contains("main", "references");
      assertThat(dump.warnings())
          .isNotEmpty()
          .allSatisfy(w -> assertThat(w.text()).contains("at byte "));
    }
  }

  @Test
  void anObjectIsOneDumpWhateverElseIsInIt() throws DumpException {
    String jvms = JSON_START.substring(1) + "{\"tid\":1,\"stack\":[]}]}]}";
    String ours = "\"schema\":\"groundhog.dump/1\",\"threads\":[{\"kind\":\"VIRTUAL\",\"id\":2}]";
    assertThat(ids("{" + jvms + "," + jvms + "," + ours + "}")).containsExactly(1L);
    assertThat(ids("{" + ours + "," + jvms + "}")).containsExactly(2L);
  }

  private static List<Long> ids(String text) throws DumpException {
    List<Dump> dumps = read(text);
    assertThat(dumps).hasSize(1);
    return JvmDumps.rows(dumps.getFirst()).stream().map(row -> row.id().orElse(-1)).toList();
  }

  @Test
  void jsonThatIsNoDumpIsRefused() {
    assertThatThrownBy(() -> read("{\"a\":[1,2,{}]}"))
        .isInstanceOf(DumpException.class)
        .hasMessageContaining("threadDump");
    assertThatThrownBy(() -> read("{\"a\":" + "[".repeat(100_000)))
        .isInstanceOf(DumpException.class);
    assertThatThrownBy(() -> read("{\"a\":\"" + "x".repeat(2_000_000) + "\"}"))
        .isInstanceOf(DumpException.class)
        .hasMessageContaining("at byte 104");
  }

  private static List<Dump> read(String text) throws DumpException {
    return DumpReader.readAll(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void membersOfAnUnexpectedTypeAreUnknownAndNothingElseIsLost() {
    Dump dump =
        JvmDumps.text(
            JSON_START
                + "{\"tid\":99999999999999999999999,\"name\":{\"a\":1},\"state\":[],\"stack\":null,"
                + "\"parkBlocker\":null,\"blockedOn\":{\"object\":\"a.B@1\",\"owner\":5},"
                + "\"monitorsOwned\":[null,{\"locks\":null},{\"locks\":[null,\"a.C@2\"]}]},"
                + "17, {\"tid\":2,\"name\":\"two\"}]}]}}");
    assertThat(dump.warnings()).isEmpty();
    assertThat(dump.process().pid()).hasValue(7);
    DumpThread first = dump.row(0);
    assertThat(first.id()).isEmpty();
    assertThat(first.blockedOnOwner()).hasValue(5);
    assertThat(first.holds()).extracting(lock -> lock.type()).containsExactly("a.C");
    assertThat(dump.row(1).name()).isEqualTo("two");
  }

  @Test
  void linesBetweenThreadsArePassedOverWithTheirNumber() {
    Dump dump =
        JvmDumps.text(
            """
            #1 "a" RUNNABLE 2026-01-01T00:00:00Z
                at a.B.m(B.java:1)

            #99999999999999999999999999 "huge" RUNNABLE 2026-01-01T00:00:00Z
                at a.B.m(B.java:1)

            #2 "b" virtual WAITING 2026-01-01T00:00:00Z
                what is this
                at java.base/java.lang.VirtualThread.run(VirtualThread.java:1)

            """);
    assertThat(JvmDumps.rows(dump)).extracting(DumpThread::name).containsExactly("a", "b");
    assertThat(dump.warnings()).extracting(w -> w.line()).containsExactly(4L, 8L);
  }

  @Test
  void aStackBeyondTheBoundIsCutAndSaysByHowMuch() {
    Dump dump =
        JvmDumps.text(
            "#1 \"deep\" RUNNABLE 2026-01-01T00:00:00Z\n"
                + "    at a.B.m(B.java:1)\n".repeat(JvmThread.MAX_FRAMES + 5)
                + "\n");
    assertThat(dump.row(0).stack().frames()).hasSize(JvmThread.MAX_FRAMES);
    assertThat(dump.row(0).stack().elided()).isEqualTo(5);
  }

  @Test
  void threadsStayInOrderWhenMoreWaitForAnUnknownOwnerThanAreHeldBack() {
    StringBuilder text = new StringBuilder();
    int threads = LockOwners.MAX_HELD_BACK + 10;
    for (int id = 1; id <= threads; id++) {
      text.append("#").append(id).append(" \"\" virtual BLOCKED 2026-01-01T00:00:00Z\n");
      text.append("    at a.B.m(B.java:1)\n    - waiting to lock <a.B@1>\n\n");
    }
    text.append("#0 \"owner\" RUNNABLE 2026-01-01T00:00:00Z\n");
    text.append("    at a.B.m(B.java:2)\n    - locked <a.B@1>\n\n");
    Dump dump = JvmDumps.text(text.toString());
    assertThat(dump.rows()).isEqualTo(threads + 1);
    for (int row = 0; row < threads; row++) {
      assertThat(dump.row(row).id()).hasValue(row + 1);
    }
  }
}
