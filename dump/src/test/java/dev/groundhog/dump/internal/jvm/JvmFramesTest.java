package dev.groundhog.dump.internal.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.dump.Frame;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JvmFramesTest {
  @ParameterizedTest
  @CsvSource({
    "java.base@25/java.util.List.of(List.java:12), java.util.List.of, List.java, 12",
    "java.base/java.util.List.of(List.java:12), java.util.List.of, List.java, 12",
    "java.util.List.of(java.base@25.0.3/List.java:12), java.util.List.of, List.java, 12",
    "app//a.B.m(B.java:1), a.B.m, B.java, 1",
    "app/mod@1/a.B.m(B.java:1), a.B.m, B.java, 1",
    "a.B.<init>(B.java), a.B.<init>, B.java, 0",
    "a.B.m(Unknown Source), a.B.m, '', 0",
    "a.B.m(java.base@17.0.9/Unknown Source), a.B.m, '', 0",
    "a.B.m(Native Method), a.B.m, '', -2",
    "a.B.m(java.base@25/Native Method), a.B.m, '', -2",
    "a.B$$Lambda/0x0001.run(Unknown Source), a.B$$Lambda/0x0001.run, '', 0",
    "a.B$$Lambda$1/531885035.run(Unknown Source), a.B$$Lambda$1/531885035.run, '', 0",
    "a.BTest.does (not) work(BTest.kt:3), a.BTest.does (not) work, BTest.kt, 3",
    "a.B.m(B.java:99999999999999999999), a.B.m, B.java:99999999999999999999, 0"
  })
  void aFrameIsAFunctionAFileAndALine(String text, String function, String file, int line) {
    assertThat(JvmFrames.parse(text)).contains(new Frame(function, file, line));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "(", ")", "()", "a.b", ")a(", "a/(B.java:1)", "a.B.m(B.java:1"})
  void whateverIsNoFrameIsNone(String text) {
    assertThat(JvmFrames.parse(text)).isEmpty();
  }
}
