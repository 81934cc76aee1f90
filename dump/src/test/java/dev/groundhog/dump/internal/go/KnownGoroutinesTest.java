package dev.groundhog.dump.internal.go;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A goroutine whose lines were seen before is the same as if they were read for the first time.
class KnownGoroutinesTest {
  private static final String PLACE = "\t/x/f.go:1 +0x1d";

  /// Lines that a goroutine may have, whole and odd ones.
  private static final List<String> LINES =
      List.of(
          "main.f(0x1, {0xc000, 0x2?}, ...)",
          "main.f()",
          "main.(*T[...]).g(...)",
          "main.(*T[...]).k(0x1)",
          "main.h(a(b)",
          "main.h(c)",
          "...57 frames elided...(...)",
          "...58 frames elided...(...)",
          PLACE,
          "\t/x/f.go:1",
          "\t/x/f.go:12 +0x1d fp=0xc00004af68 sp=0xc00004af48 pc=0x43b2ee",
          "\t/x/f.go:12 fp=0xc00004af68 sp=0xc00004af48 pc=0x43b2ee",
          "\t/x/f.go:12 sp=0xc00004af48 +0x1",
          "\t/x/f.go:12 sp=0x1",
          "\t/x y +0x1/f.go:7 +0xabc",
          "\t/x/f.go:",
          "\t",
          "created by main.g in goroutine 7",
          "created by main.g in goroutine 1234567890123456789012",
          "created by main.g",
          "created by  in goroutine 3",
          "created by main.(*T).g(...)",
          "...57 frames elided...",
          "...additional frames elided...",
          "[originating from goroutine 3]:",
          "non-Go function at pc=0x1",
          "\tgoroutine running on other thread; stack unavailable",
          "(no_frames)(...)",
          "(no_frames)",
          "\t?:0 +0x0",
          "a log line (about something)",
          "cfunc");

  private static final List<String> STATUS =
      List.of(
          "[select]",
          "[select, 5 minutes]",
          "[select, 1234567890123456789012 minutes]",
          "[chan receive (leaked), 3 minutes, locked to thread]",
          "[semacquire, 7 minutes]",
          "[5 minutes]",
          "[sleep, 3 minutes] {a: b}",
          "[running labels:{\"a\": \"b, 5 minutes]",
          "[a] [b, 6 minutes]");

  private static final String FIRST = "goroutine 1 [running]:\nmain.main()\n\t/m.go:1 +0x1\n\n";

  @Test
  void everyGoroutineIsReadBehindOthersLikeItAsIfItWereAlone() {
    Random random = new Random(3);
    for (int round = 0; round < 1_000; round++) {
      String text = goroutine(random);
      StringBuilder all = new StringBuilder(FIRST);
      List<DumpThread> expected = new ArrayList<>(rows(FIRST));
      for (int i = 0; i < 8; i++) {
        String like = changed(text, random) + (random.nextInt(3) == 0 ? "\n\r\n\n" : "\n");
        all.append(like);
        List<DumpThread> alone = rows(FIRST + like);
        expected.addAll(alone.subList(1, alone.size()));
      }
      assertThat(rows(all.toString())).as(text).isEqualTo(expected);
    }
  }

  /// The same with other numbers (argument words, offsets, minutes, ids) and, at times, another
  /// line.
  private static String changed(String text, Random random) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    if (random.nextBoolean()) {
      lines.set(1 + random.nextInt(lines.size() - 1), any(random));
    }
    String changed = String.join("\n", lines) + "\n";
    for (String number : List.of("0x1", "c00004af48", " 18 ", " 5 ", " 3 ", "goroutine 7")) {
      if (random.nextInt(3) == 0) {
        changed = changed.replace(number, number.replaceAll("\\d+ ?$", random.nextInt(500) + "$0"));
      }
    }
    return random.nextInt(8) == 0 ? changed.replace("\n", "\r\n") : changed;
  }

  private static String any(Random random) {
    return LINES.get(random.nextInt(LINES.size()));
  }

  @Test
  void whatDiffersBetweenEqualStacksIsKept() {
    StringBuilder text = new StringBuilder();
    for (int i = 1; i <= 50; i++) {
      text.append("goroutine ").append(i).append(" [select, ").append(i * 2).append(" minutes]:\n");
      text.append("main.f(0x").append(i).append(")\n\t/x.go:1 +0x").append(i).append('\n');
      text.append("created by main.g in goroutine ").append(i * 3).append("\n\t/x.go:2 +0x9\n\n");
    }
    List<DumpThread> rows = rows(text.toString());
    assertThat(rows).hasSize(50);
    for (int i = 1; i <= 50; i++) {
      DumpThread row = rows.get(i - 1);
      assertThat(row.id()).hasValue(i);
      assertThat(row.waiting().orElseThrow().toMinutes()).isEqualTo(i * 2L);
      assertThat(row.creatorId()).hasValue(i * 3L);
      assertThat(row.stack()).isSameAs(rows.getFirst().stack());
    }
  }

  private static String goroutine(Random random) {
    StringBuilder text = new StringBuilder("goroutine 18 ");
    text.append(STATUS.get(random.nextInt(STATUS.size()))).append(":\n");
    int pairs = 1 + random.nextInt(3);
    for (int i = 0; i < pairs; i++) {
      text.append(LINES.get(random.nextInt(7))).append('\n').append(PLACE).append('\n');
    }
    int odd = random.nextInt(4);
    for (int i = 0; i < odd; i++) {
      text.append(any(random)).append('\n');
    }
    return text.toString();
  }

  private static List<DumpThread> rows(String text) {
    List<DumpThread> rows = new ArrayList<>();
    for (Dump dump : Dumps.all(text.getBytes(StandardCharsets.UTF_8))) {
      rows.addAll(Dumps.rows(dump));
    }
    return rows;
  }
}
