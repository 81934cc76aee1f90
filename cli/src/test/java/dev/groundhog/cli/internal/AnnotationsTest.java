package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.leak.FunctionPattern;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnnotationsTest {
  private static final String DUMP =
      """
      goroutine 1 [chan receive]:
      runtime.gopark(...)
      \t/usr/lib/go/src/runtime/proc.go:364
      main.follow(...)
      \t/home/runner/checkout/acme/a,b:100%%b/logs.go:7
      main.Server.logs(...)
      \t/home/runner/checkout/acme/a,b:100%%b/logs.go:19

      """
          .formatted();

  @TempDir Path workspace;

  @Test
  void marksTheLineOfTheFunctionThatWasChecked() throws Exception {
    Files.createDirectories(workspace.resolve("a,b:100%b"));
    Files.createFile(workspace.resolve("a,b:100%b/logs.go"));
    List<FunctionPattern> absent = Results.patterns("Server.logs", "Server.lgos");
    assertThat(printed(Map.of("GITHUB_ACTIONS", "true"), absent))
        .containsExactly(
            "::error file=a%2Cb%3A100%25b/logs.go,line=19,title=Leak::1 goroutine is still in"
                + " main.Server.logs, chan receive",
            "::warning title=Stale check::stale name: the target has no Server.lgos loaded: did"
                + " you mean Server.logs?");
  }

  @Test
  void marksNoPlaceThatIsNotInTheCheckout() throws Exception {
    assertThat(printed(Map.of("GITHUB_ACTIONS", "true"), Results.patterns("main.follow")))
        .containsExactly("::error title=Leak::1 goroutine is still in main.follow, chan receive");
  }

  @Test
  void marksTenPlacesAndCountsTheOthers() throws Exception {
    StringBuilder dump = new StringBuilder();
    for (int i = 1; i <= 13; i++) {
      dump.append("goroutine %d [select]:\nmain.follow(...)\n\t/:%d\n\n".formatted(i, i));
    }
    assertThat(
            printed(
                dump.toString(), Map.of("GITHUB_ACTIONS", "true"), Results.patterns("main.follow")))
        .hasSize(11)
        .endsWith("::error title=Leak::and 3 more stacks");
  }

  @Test
  void marksTheInnermostLineOfAnAbandonedThreadThatIsInTheCheckout() throws Exception {
    Path sources = Files.createDirectories(workspace.resolve("src/acme"));
    Files.createFile(sources.resolve("Logs.java"));
    StringWriter text = new StringWriter();
    Annotations.of(
            Map.of("GITHUB_ACTIONS", "true", "GITHUB_WORKSPACE", workspace.toString()),
            new PrintWriter(text, true))
        .orElseThrow()
        .print(Results.abandoned(workspace.resolve("dump.json")), List.of());
    assertThat(text.toString().lines())
        .containsExactly(
            "::error file=src/acme/Logs.java,line=19,title=Leak::2 virtual threads are abandoned,"
                + " WAITING (latch), {route=/logs}: their clients have been gone for 12 to 14 s,"
                + " the grace time is 10 s");
  }

  @Test
  void isSilentElsewhere() throws Exception {
    assertThat(printed(Map.of(), Results.patterns("main.follow"))).isEmpty();
  }

  private List<String> printed(Map<String, String> environment, List<FunctionPattern> absent)
      throws Exception {
    return printed(DUMP, environment, absent);
  }

  private List<String> printed(
      String dump, Map<String, String> environment, List<FunctionPattern> absent) throws Exception {
    StringWriter text = new StringWriter();
    Map<String, String> all = new java.util.HashMap<>(environment);
    all.put("GITHUB_WORKSPACE", workspace.toString());
    FunctionPattern[] unknown =
        absent.stream().filter(p -> p.toString().contains("lgos")).toArray(FunctionPattern[]::new);
    var result = Results.of(dump, absent, unknown);
    Annotations.of(all, new PrintWriter(text, true))
        .ifPresent(annotations -> annotations.print(result, absent));
    return text.toString().lines().toList();
  }
}
