package dev.groundhog.dump.internal.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.dump.CallStack;
import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpException;
import dev.groundhog.dump.DumpReader;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.dump.DumpWriter;
import dev.groundhog.dump.Frame;
import dev.groundhog.dump.ProcessInfo;
import dev.groundhog.dump.ThreadKind;
import dev.groundhog.dump.Warning;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What hostile facts, damage and sheer size cost a dump of ours.
class DamagedDumpJsonTest {
  private static final String OPENING =
      "{\"schema\":\"groundhog.dump/1\",\"stacks\":[],\"threads\":[{\"kind\":\"VIRTUAL\",";

  @ParameterizedTest
  @ValueSource(
      strings = {"\ud83d", "\ude00", "\ud83d\n", "\ude00\ud83d", "\ud83d\ud83d\ude00", "😀\ud83dA"})
  void halfAPairOfSurrogatesIsReadBackAsItWas(String name) throws IOException {
    Dump dump = read(json(dump("", thread(1, "f").name(name)))).getFirst();
    assertThat(dump.row(0).name()).isEqualTo(name);
    assertThat(dump.warnings()).isEmpty();
  }

  @Test
  void theLongestWaitThatADumpOfGoCanTellIsReadBack() throws IOException {
    for (int digits = 1; digits <= 20; digits++) {
      Dump text =
          read("goroutine 7 [select, "
                  + "9".repeat(digits)
                  + " minutes]:\n"
                  + "main.f()\n\t/m.go:1 +0x1\n")
              .getFirst();
      Dump back = read(json(text)).getFirst();
      assertThat(rows(back)).as(digits + " digits").isEqualTo(rows(text));
      assertThat(back.warnings()).isEqualTo(text.warnings());
    }
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    Dump dump = dump("", thread(1, "f").waiting(longest).age(longest).clientGone(longest));
    assertThat(rows(read(json(dump)).getFirst())).isEqualTo(rows(dump));
  }

  @Test
  void aBrokenStackLosesNoOtherStack() throws IOException {
    Dump whole = dump("", thread(1, "a.one"), thread(2, "b.two"), thread(3, "c.three"));
    Dump dump = read(json(whole).replace("\"a.one\"", "\"a.one")).getFirst();
    assertThat(functions(dump)).containsExactly("", "b.two", "c.three");
    assertThat(dump.warnings())
        .extracting(Warning::text)
        .satisfiesExactly(
            text -> assertThat(text).startsWith("a broken stack was dropped at byte"),
            text -> assertThat(text).isEqualTo("the stacks of 1 threads were lost"));
  }

  @Test
  void aStackWithoutItsNumberHasThatOfItsPosition() throws IOException {
    String json = json(dump("", thread(1, "a.one"), thread(2, "b.two")));
    Dump dump = read(json.replaceAll("\"index\":\\d+,", "")).getFirst();
    assertThat(functions(dump)).containsExactly("a.one", "b.two");
  }

  @Test
  void aDumpBehindABrokenOneKeepsItsThreadsAndItsStacks() throws IOException {
    String first = json(dump("first", thread(1, "a.one"), thread(2, "a.two")));
    String second = json(dump("second", thread(1, "b.one"), thread(2, "b.two")));
    int threads = first.indexOf("\"threads\"");
    for (int at = first.indexOf("\"kind\"", threads); at < first.length() - 3; at++) {
      String broken = first.substring(0, at) + '\u0000' + first.substring(at + 1);
      List<Dump> dumps = read(broken + second);
      assertThat(dumps.getLast().process().runtime()).as(broken).isEqualTo("second");
      assertThat(functions(dumps.getLast())).as(broken).containsExactly("b.one", "b.two");
      assertThat(dumps).as(broken).hasSize(2);
      assertThat(functions(dumps.getFirst())).as(broken).doesNotContain("b.one", "b.two");
    }
  }

  @Test
  void aDumpOfAJvmBehindABrokenOneIsReadToo() throws IOException {
    String jvm =
        "{\"threadDump\":{\"processId\":7,\"threadContainers\":[{\"container\":\"<root>\","
            + "\"threads\":[{\"tid\":1,\"name\":\"main\",\"stack\":[\"a.B.c(B.java:1)\"]}]}]}}\n";
    String own = json(dump("own", thread(1, "a.one"))).replace("\"id\":1", "\"id\":?");
    assertThat(read(own + jvm))
        .extracting(dump -> dump.process().pid())
        .containsExactly(OptionalLong.empty(), OptionalLong.of(7));
    assertThat(read(jvm.replace("\"main\"", "\"main") + own))
        .extracting(dump -> dump.process().runtime())
        .containsExactly("", "own");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "-0.5", "\"soon\"", "1e19", "9223372036854775808", "\"NaN\""})
  void aTimeSinceAClientIsGoneThatCannotBeIsToldAndLosesNoOtherThread(String time)
      throws IOException {
    Dump whole =
        dump(
            "",
            thread(1, "a.one"),
            thread(2, "b.two").clientGone(Duration.ofSeconds(5)),
            thread(3, "c.three").clientGone(Duration.ofSeconds(7, 5)));
    String json = json(whole);
    assertThat(json).contains("\"clientGoneSeconds\":5,");
    Dump dump = read(json.replace("Seconds\":5,", "Seconds\":" + time + ",")).getFirst();
    assertThat(rows(dump)).containsExactly(whole.row(0), whole.row(2));
    assertThat(dump.warnings())
        .singleElement()
        .satisfies(warning ->
            assertThat(warning.text())
                .startsWith("a broken thread was dropped at byte")
                .contains("is no number of seconds"));
  }

  @Test
  void whatTakesNoTimeAtAllIsNoDamage() throws IOException {
    Dump whole = dump("", thread(1, "a.one").clientGone(Duration.ofSeconds(5)));
    for (String time : List.of("0", "1e-2000000000", "-0")) {
      Dump dump = read(json(whole).replace("Seconds\":5,", "Seconds\":" + time + ",")).getFirst();
      assertThat(dump.row(0).clientGone()).as(time).contains(Duration.ZERO);
      assertThat(dump.warnings()).as(time).isEmpty();
    }
    Dump unknown = read(json(whole).replace("Seconds\":5,", "Seconds\":null,")).getFirst();
    assertThat(unknown.row(0).clientGone()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"holds\":[", "\"labels\":{"})
  void aThreadHoldsABoundedNumberOfLocksAndLabels(String member) throws IOException {
    boolean isArray = member.endsWith("[");
    StringBuilder json = new StringBuilder(OPENING).append(member);
    for (int i = 0; i < 10_050; i++) {
      json.append(i == 0 ? "" : ",");
      json.append(isArray ? "{\"type\":\"a.B\"}" : "\"k" + i + "\":\"v\"");
    }
    json.append(isArray ? "]" : "}").append("},{\"kind\":\"PLATFORM\"}],\"warnings\":[]}");
    Dump dump = read(json.toString()).getFirst();
    assertThat(dump.rows()).isEqualTo(2);
    assertThat(dump.row(0).holds().size() + dump.row(0).labels().size()).isEqualTo(10_000);
    assertThat(dump.warnings())
        .singleElement()
        .satisfies(w ->
            assertThat(w.text()).contains("50 ").contains("were not kept").contains("at byte "));
  }

  @Test
  void twoDumpsOfALaterVersionOnALineEachSayWhichVersionIsRead() {
    String later = "{\"schema\":\"groundhog.dump/2\",\"threads\":[]}\n";
    assertThatThrownBy(() -> read(later + later))
        .isInstanceOf(DumpException.class)
        .hasMessageStartingWith("the schema is groundhog.dump/2, and");
  }

  /// A million threads at one stack are written and read without one being held.
  @Test
  void aMillionThreadsAtOneStackAreWrittenAndReadAsAStream() throws IOException {
    int million = 1_000_000;
    Dump.Collector collector = new Dump.Collector();
    collector.begin(process(""));
    for (int id = 0; id < million; id++) {
      collector.thread(thread(id, "a.B.wait").build());
    }
    collector.end();
    long[] written = {0, 0};
    DumpWriter.json(collector.dumps().getFirst(), new Counting(written));
    assertThat(written[0]).as("characters").isLessThan(60L * million);
    assertThat(written[1]).as("longest piece").isLessThan(100);

    String row = "{\"kind\":\"VIRTUAL\",\"id\":7,\"stack\":0},\n";
    InputStream endless =
        new SequenceInputStream(
            Collections.enumeration(
                List.of(
                    stream(
                        "{\"schema\":\"groundhog.dump/1\",\"stacks\":[{\"frames\":["
                            + "{\"function\":\"a.B.wait\"}]}],\"threads\":["),
                    new Repeated(row.getBytes(StandardCharsets.UTF_8), million),
                    stream("{\"kind\":\"VIRTUAL\",\"stack\":0}],\"warnings\":[]}"))));
    Dump dump = DumpReader.readAll(endless).getFirst();
    assertThat(dump.rows()).isEqualTo(million + 1);
    assertThat(dump.row(0).stack()).isSameAs(dump.row(million).stack());
    assertThat(dump.warnings()).isEmpty();
  }

  private record Counting(long[] written) implements Appendable {
    @Override
    public Appendable append(CharSequence text) {
      return append(text, 0, text.length());
    }

    @Override
    public Appendable append(CharSequence text, int start, int end) {
      written[0] += end - start;
      written[1] = Math.max(written[1], end - start);
      return this;
    }

    @Override
    public Appendable append(char c) {
      written[0]++;
      return this;
    }
  }

  /// The same bytes many times, without being held.
  private static final class Repeated extends InputStream {
    private final byte[] bytes;
    private long left;
    private int at;

    Repeated(byte[] bytes, long times) {
      this.bytes = bytes;
      this.left = times;
    }

    @Override
    public int read() {
      if (left == 0) {
        return -1;
      }
      int next = bytes[at++] & 0xff;
      if (at == bytes.length) {
        at = 0;
        left--;
      }
      return next;
    }
  }

  private static InputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static DumpThread.Builder thread(long id, String function) {
    return DumpThread.of(
            ThreadKind.VIRTUAL, new CallStack(List.of(new Frame(function, "B.java", 3))))
        .id(id);
  }

  private static ProcessInfo process(String runtime) {
    return new ProcessInfo(OptionalLong.empty(), Optional.empty(), runtime, "test");
  }

  private static Dump dump(String runtime, DumpThread.Builder... threads) {
    Dump.Collector collector = new Dump.Collector();
    collector.begin(process(runtime));
    for (DumpThread.Builder thread : threads) {
      collector.thread(thread.build());
    }
    collector.end();
    return collector.dumps().getFirst();
  }

  private static List<DumpThread> rows(Dump dump) {
    return IntStream.range(0, dump.rows()).mapToObj(dump::row).toList();
  }

  private static List<String> functions(Dump dump) {
    List<String> functions = new ArrayList<>();
    for (DumpThread row : rows(dump)) {
      functions.add(row.stack().frames().stream().findFirst().map(Frame::function).orElse(""));
    }
    return functions;
  }

  private static String json(Dump dump) throws IOException {
    StringBuilder out = new StringBuilder();
    DumpWriter.json(dump, out);
    return out.toString();
  }

  private static List<Dump> read(String json) throws IOException {
    return DumpReader.readAll(stream(json));
  }
}
