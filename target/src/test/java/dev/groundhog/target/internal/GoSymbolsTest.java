package dev.groundhog.target.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The names in real Go programs, and in damaged ones.
class GoSymbolsTest {
  private static final List<String> FUNCTIONS =
      List.of(
          "main.main",
          "main.main.func1",
          "main.(*Cache[...]).fetchEntry",
          "main.squareOf",
          "main.(*handler).logsContainer",
          "net/http.(*conn).serve");

  @TempDir Path folder;

  @Test
  void everyFunctionOfAProgramIsThereHoweverItIsBuilt() throws Exception {
    List<String> toolchains = GoProgram.toolchains();
    assumeTrue(!toolchains.isEmpty(), "no go on the path");
    for (String toolchain : toolchains) {
      for (List<String> arguments :
          List.of(
              List.<String>of(),
              List.of("-ldflags=-s -w"),
              List.of("-buildmode=pie"),
              List.of("-buildmode=pie", "-ldflags=-s -w"))) {
        Path program =
            GoProgram.build(folder, toolchain, GoProgram.SERVER, arguments.toArray(String[]::new));
        String how = toolchain + " " + arguments;
        GoSymbols symbols = GoSymbols.of(program).orElseThrow(() -> new AssertionError(how));
        assertThat(symbols.functions()).as(how).containsAll(FUNCTIONS);
        assertThat(symbols.functions()).as(how).doesNotContain("main.(*handler).logsContianer");
        assertThat(symbols.files()).as(how).anyMatch(file -> file.endsWith("/main.go"));
        Path bare = withoutSections(program);
        assertThat(GoSymbols.of(bare)).as(how + ", no sections").contains(symbols);
        Files.delete(bare);
        Files.delete(program);
      }
    }
  }

  @Test
  void theLayoutsOfOlderGoAreRead() throws Exception {
    assumeTrue(!GoProgram.toolchains().isEmpty(), "no go on the path");
    Path program = GoProgram.build(folder, "local", GoProgram.SERVER);
    byte[] bytes = Files.readAllBytes(program);
    int table = table(bytes);
    GoSymbols symbols = GoSymbols.of(program).orElseThrow();
    // Go 1.18 differs in the magic alone; 1.16 also has no start of the text.
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    words.putInt(table, 0xfffffff0);
    assertThat(GoSymbols.of(write(bytes))).contains(symbols);
    words.putInt(table, 0xfffffffa);
    System.arraycopy(bytes, table + 8 + 3 * 8, bytes, table + 8 + 2 * 8, 5 * 8);
    assertThat(GoSymbols.of(write(bytes))).contains(symbols);
    words.putInt(table, 0xfffffffb);
    assertThat(GoSymbols.of(write(bytes))).isEmpty();
  }

  @Test
  void aDamagedProgramIsNeverAnError() throws Exception {
    assumeTrue(!GoProgram.toolchains().isEmpty(), "no go on the path");
    byte[] whole = Files.readAllBytes(GoProgram.build(folder, "local", GoProgram.SERVER));
    int table = table(whole);
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 60; round++) {
      byte[] damaged =
          Arrays.copyOf(whole, round % 3 == 0 ? random.nextInt(whole.length) : whole.length);
      // The ELF header, the table's header, or a name.
      int[] places = {0, table, random.nextInt(whole.length)};
      for (int n = 0; n < 4; n++) {
        int at = places[random.nextInt(places.length)] + random.nextInt(72);
        if (at < damaged.length) {
          damaged[at] = (byte) (random.nextBoolean() ? 0xff : random.nextInt());
        }
      }
      Path file = write(damaged);
      assertThatCode(() -> GoSymbols.of(file))
          .as("seed %d, round %d", seed, round)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void offsetsBeyondTheFileAreRefused() throws Exception {
    assumeTrue(!GoProgram.toolchains().isEmpty(), "no go on the path");
    byte[] whole = Files.readAllBytes(GoProgram.build(folder, "local", GoProgram.SERVER));
    int table = table(whole);
    for (long value : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 40, whole.length, 0}) {
      for (int word = 3; word < 7; word++) {
        byte[] damaged = whole.clone();
        ByteBuffer.wrap(damaged)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(table + 8 + word * 8, value);
        assertThat(GoSymbols.of(write(damaged))).as(word + ": " + value).isEmpty();
      }
    }
  }

  @Test
  void otherFilesAreUnknown() throws Exception {
    assertThat(GoSymbols.of(Path.of("/proc/self/exe"))).isEmpty();
    assertThat(GoSymbols.of(write(new byte[0]))).isEmpty();
    assertThat(GoSymbols.of(write(new byte[1 << 20]))).isEmpty();
    assertThat(GoSymbols.of(folder)).isEmpty();
    assertThat(GoSymbols.of(folder.resolve("none"))).isEmpty();
  }

  @Test
  void aTableBehindAFewThatLookLikeItIsFoundAndBehindManyGivenUp() throws Exception {
    byte[] decoy = table("main.decoy\0", 1, 0);
    byte[] real = table("runtime.main\0", 1, 0);
    assertThat(GoSymbols.of(tables(decoy, 7, real))).isPresent();
    assertThat(GoSymbols.of(tables(decoy, 8, real))).isEmpty();
  }

  @Test
  void namesThatAreTooManyInSumAreGivenUp() throws Exception {
    byte[] decoy = table("main.decoy\0", 1, 60 << 20);
    byte[] real = table("runtime.main\0", 1, 0);
    assertThat(GoSymbols.of(tables(decoy, 4, real))).isPresent();
    assertThat(GoSymbols.of(tables(decoy, 5, real))).isEmpty();
  }

  @Test
  void aTableWithoutRoomForItsFunctionsIsNotRead() throws Exception {
    byte[] real = table("runtime.main\0", 1, 0);
    for (long count : new long[] {0, -1, 1L << 40, 200_000_000}) {
      byte[] decoy = table("main.decoy\0", count, 0);
      assertThat(GoSymbols.of(tables(decoy, 20, real))).as("%d functions", count).isPresent();
      assertThat(GoSymbols.of(tables(table("runtime.main\0", count, 0), 1, new byte[0]))).isEmpty();
    }
  }

  @Test
  void typeArgumentsAreWrittenAsInTracebacks() {
    assertThat(GoSymbols.asPrinted("main.Map[go.shape.int,[]string].Get.func1"))
        .isEqualTo("main.Map[...].Get.func1");
    assertThat(GoSymbols.asPrinted("main.main")).isEqualTo("main.main");
    assertThat(GoSymbols.asPrinted("a]b[c")).isEqualTo("a]b[c");
  }

  private Path write(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("damaged"), bytes);
  }

  /// As `sstrip` leaves it: no table of sections.
  private Path withoutSections(Path program) throws IOException {
    byte[] bytes = Files.readAllBytes(program);
    ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(0x28, 0).putInt(0x3c, 0).putShort(0x3e, (short) 0);
    return Files.write(folder.resolve("bare"), bytes);
  }

  /// A table of Go 1.20 with some names, and the claim of `more` bytes of them.
  private static byte[] table(String names, long count, int more) {
    byte[] text = names.getBytes(StandardCharsets.US_ASCII);
    long end = 72 + text.length + more;
    ByteBuffer table = ByteBuffer.allocate(72 + 64).order(ByteOrder.LITTLE_ENDIAN);
    table.putInt(0xfffffff1).putShort((short) 0).put((byte) 1).put((byte) 8);
    table.putLong(count).putLong(1).putLong(0);
    table.putLong(72).putLong(end).putLong(end).putLong(end).putLong(end);
    return table.put(text).array();
  }

  /// An ELF file without sections, with `count` times `first`, then `last` and a hole.
  private Path tables(byte[] first, int count, byte[] last) throws IOException {
    ByteBuffer content =
        ByteBuffer.allocate(64 + count * first.length + last.length).order(ByteOrder.LITTLE_ENDIAN);
    content.putInt(0x464c457f).put((byte) 2).put((byte) 1).position(64);
    for (int i = 0; i < count; i++) {
      content.put(first);
    }
    Path file = write(content.put(last).array());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), 64L << 20);
    }
    return file;
  }

  private static int table(byte[] program) {
    ByteBuffer words = ByteBuffer.wrap(program).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = 0; at + 8 <= program.length; at += 8) {
      if (words.getInt(at) == 0xfffffff1 && words.get(at + 7) == 8 && words.getShort(at + 4) == 0) {
        return at;
      }
    }
    throw new AssertionError("no pclntab");
  }
}
