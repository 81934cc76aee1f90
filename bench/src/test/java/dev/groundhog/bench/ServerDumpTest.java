package dev.groundhog.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What is measured is a dump like a server's.
class ServerDumpTest {
  private static final int BYTES = 3_000_000;

  private static byte[] text(long seed) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ServerDump(seed, 300).write(out, BYTES);
    return out.toByteArray();
  }

  @Test
  void everyGoroutineIsReadWithoutAWarning() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long goroutines = new ServerDump(1, 300).write(out, BYTES);
    Dump dump = DumpReader.readAll(new ByteArrayInputStream(out.toByteArray())).getFirst();
    assertThat(dump.warnings()).isEmpty();
    assertThat((long) dump.rows()).isEqualTo(goroutines);
    Set<CallStack> stacks = new HashSet<>();
    dump.forEach(row -> stacks.add(row.stack()));
    assertThat(stacks).hasSizeBetween(200, 300);
  }

  @Test
  void theSameSeedGivesTheSameText() throws IOException {
    assertThat(text(7)).isEqualTo(text(7)).isNotEqualTo(text(8));
  }

  @Test
  void equalStacksHaveDifferentArguments() throws IOException {
    String text = new String(text(3), StandardCharsets.UTF_8);
    List<String> calls =
        Pattern.compile("(?m)^net\\.\\(\\*conn\\)\\.Read\\((.*0xc0.*)\\)$")
            .matcher(text)
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(calls).hasSizeGreaterThan(100);
    assertThat(Set.copyOf(calls)).hasSize(calls.size());
  }
}
