package dev.groundhog.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.mark.LeakProne;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a program marks, by the loaders of its classes.
class LeakProneRouteTest {
  private static final String ACME =
      """
      package acme;

      public class Server {
        @dev.groundhog.mark.LeakProne("waits for \\"more\\"")
        public static void logs() {}

        @dev.groundhog.mark.LeakProne
        static void exec() {}
      }
      """;

  @TempDir Path folder;

  @BeforeEach
  void compile() throws Exception {
    Path source = Files.writeString(folder.resolve("Server.java"), ACME);
    Path ours =
        Path.of(LeakProne.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    assertThat(
            ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                    System.out,
                    System.err,
                    "-proc:full",
                    "-cp",
                    ours.toString(),
                    "-d",
                    folder.toString(),
                    source.toString()))
        .isZero();
  }

  @Test
  void theFunctionsOfLoadedClassesAreGivenWithTheirReasons() throws Exception {
    try (URLClassLoader loader = loader()) {
      Class<?> server = loader.loadClass("acme.Server");
      assertThat(
              answer(
                  ThisJvm.open(
                      () -> new Class<?>[] {String.class, server, int[].class}, BirthSource.NONE)))
          .isEqualTo(
              """
              {"schema":"groundhog.leak-prone/1","functions":[
              {"function":"acme.Server.exec","reason":null},
              {"function":"acme.Server.logs","reason":"waits for \\"more\\""}],"warnings":[]}
              """);
    }
  }

  @Test
  void whereLoadedClassesAreNotKnownTheContextLoaderIsAsked() throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = loader()) {
      thread.setContextClassLoader(loader);
      assertThat(answer(ThisJvm.open())).contains("acme.Server.logs");
      thread.setContextClassLoader(null);
      assertThat(answer(ThisJvm.open())).doesNotContain("acme.Server.logs");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  private URLClassLoader loader() throws IOException {
    return new URLClassLoader(new URL[] {folder.toUri().toURL()}, null);
  }

  private static String answer(ThisJvm jvm) throws IOException {
    Answer answer =
        new DebugEndpoint(jvm, List.of())
            .answer(new Request("GET", "/debug/groundhog/leak-prone", ""));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.headers()).containsEntry("Content-Type", "application/json");
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    answer.body().writeTo(body);
    return body.toString(StandardCharsets.UTF_8);
  }
}
