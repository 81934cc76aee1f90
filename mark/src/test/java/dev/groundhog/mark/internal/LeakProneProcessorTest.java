package dev.groundhog.mark.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.mark.Compiled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The index of marked functions, made by a real javac.
class LeakProneProcessorTest {
  @TempDir Path folder;
  private Compiled program;

  @BeforeEach
  void begin() throws IOException {
    program = new Compiled(folder);
  }

  @Test
  void everyMarkedFunctionHasALineInTheOrderOfTheirNames() throws Exception {
    program.write(
        "acme/Server.java",
        """
        package acme;

        import dev.groundhog.mark.LeakProne;

        class Server {
          @LeakProne("waits for a client, ä")
          void logs() {}

          @LeakProne
          void logs(int overload) {}

          @LeakProne(" connects ")
          Server() {}

          static class Inner$ {
            @LeakProne
            private static native void run();

            interface Deep {
              @LeakProne
              default void walk() {}
            }
          }
        }
        """);
    assertThat(program.javac("acme/Server.java")).as(program.said()).isTrue();
    assertThat(program.said()).isEmpty();
    assertThat(program.index().orElseThrow())
        .satisfies(lines -> assertThat(lines.getFirst()).startsWith("# "))
        .endsWith(
            "acme.Server$Inner$$Deep.walk",
            "acme.Server$Inner$.run",
            "acme.Server.<init>\tconnects",
            "acme.Server.logs\twaits for a client, ä")
        .hasSize(5);
  }

  @Test
  void aModuleHasAnIndexToo() throws Exception {
    program
        .write("module-info.java", "module acme { requires static dev.groundhog.mark; }")
        .write(
            "acme/A.java", "package acme; class A { @dev.groundhog.mark.LeakProne void a() {} }");
    assertThat(program.javac("module-info.java", "acme/A.java")).as(program.said()).isTrue();
    assertThat(program.marked()).containsOnlyKeys("acme.A.a");
  }

  @Test
  void aModuleThatDoesNotReadTheAnnotationIsCompiledAsEver() throws Exception {
    program
        .write("module-info.java", "module acme {}")
        .write(
            "acme/A.java",
            "package acme; class A { @Override public String toString() { return \"\"; } }");
    assertThat(program.javac("module-info.java", "acme/A.java")).as(program.said()).isTrue();
    assertThat(program.said()).isEmpty();
    assertThat(program.index()).isEmpty();
  }

  @Test
  void aProgramWithoutMarksHasNoIndex() throws Exception {
    program.write("acme/A.java", "package acme; class A { void a() {} }");
    assertThat(program.javac("acme/A.java")).as(program.said()).isTrue();
    assertThat(program.said()).isEmpty();
    assertThat(program.index()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abstract class A { @dev.groundhog.mark.LeakProne abstract void run(); }",
        "interface A { @dev.groundhog.mark.LeakProne void run(); }",
        "@interface A { @dev.groundhog.mark.LeakProne int run(); }"
      })
  void aMethodWithoutABodyCannotBeMarked(String source) throws Exception {
    program.write("acme/A.java", "package acme; " + source);
    assertThat(program.javac("acme/A.java")).isFalse();
    assertThat(program.said())
        .contains("A.java:1: error: @LeakProne: run() has no body, so that it is on no stack");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\nb", "a\\tb", "a\\u2028b"})
  void aReasonOfSeveralLinesIsRefused(String reason) throws Exception {
    program.write("acme/A.java", marked("A", "a", reason));
    assertThat(program.javac("acme/A.java")).isFalse();
    assertThat(program.said()).contains("A.java:1: error: @LeakProne: the reason must be one line");
  }

  @Test
  void whatIsNotCompiledAgainStaysInTheIndex() throws Exception {
    writeTwo();
    program.write("acme/A.java", marked("A", "a2", "new"));
    assertThat(program.javac("acme/A.java")).as(program.said()).isTrue();
    assertThat(program.marked()).isEqualTo(Map.of("acme.A.a2", "new", "acme.B.b", "old"));
  }

  @Test
  void aClassThatIsGoneLeavesTheIndex() throws Exception {
    writeTwo();
    Files.delete(program.classes().resolve("acme/B.class"));
    assertThat(program.javac("acme/A.java")).as(program.said()).isTrue();
    assertThat(program.marked()).containsOnlyKeys("acme.A.a");
  }

  @Test
  void aNestedClassThatIsGoneLeavesTheIndexWithItsFile() throws Exception {
    String nested =
        "package acme; class A { static class N { @dev.groundhog.mark.LeakProne void n() {} } }";
    program.write("acme/A.java", nested);
    assertThat(program.javac("acme/A.java")).as(program.said()).isTrue();
    assertThat(program.marked()).containsOnlyKeys("acme.A$N.n");
    program.write("acme/A.java", "package acme; class A {}");
    assertThat(program.javac("acme/A.java")).as(program.said()).isTrue();
    assertThat(program.classes().resolve("acme/A$N.class")).exists();
    assertThat(program.marked()).isEmpty();
  }

  @Test
  void theLastMarkThatIsTakenAwayLeavesTheIndex() throws Exception {
    writeTwo();
    program.write("acme/A.java", "package acme; class A {}");
    program.write("acme/B.java", "package acme; class B {}");
    assertThat(program.javac("acme/A.java", "acme/B.java")).as(program.said()).isTrue();
    assertThat(program.marked()).isEmpty();
  }

  @Test
  void aCompilationThatFailsLeavesTheIndexAsItWas() throws Exception {
    writeTwo();
    Map<String, String> before = program.marked();
    program.write("acme/A.java", marked("A", "a", "a\\nb"));
    assertThat(program.javac("acme/A.java")).isFalse();
    assertThat(program.marked()).isEqualTo(before);
  }

  private void writeTwo() throws Exception {
    program
        .write("acme/A.java", marked("A", "a", "old"))
        .write("acme/B.java", marked("B", "b", "old"));
    assertThat(program.javac("acme/A.java", "acme/B.java")).as(program.said()).isTrue();
    assertThat(program.marked()).containsOnlyKeys("acme.A.a", "acme.B.b");
  }

  private static String marked(String type, String method, String reason) {
    return "package acme; class %s { @dev.groundhog.mark.LeakProne(\"%s\") void %s() {} }"
        .formatted(type, reason, method);
  }
}
