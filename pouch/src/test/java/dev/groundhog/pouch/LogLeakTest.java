package dev.groundhog.pouch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.groundhog.target.Check;
import dev.groundhog.target.Target;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The integration test that the article asks for: follow a log, hang up, and look for the handler.
class LogLeakTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LINE = "ready\n";
  private static final int FRAME_HEADER = 8;

  @TempDir Path folder;

  @BeforeEach
  void assumeContainers() {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "containers are made on Linux only");
  }

  private static String runOneThatFallsSilent(TestDaemon daemon)
      throws IOException, InterruptedException {
    return daemon.run("echo ready; while true; do sleep 1; done", Map.of());
  }

  /// Its first line has been read when it hangs up: so the handler was at work.
  private static void followAndHangUp(TestDaemon daemon, String id)
      throws IOException, InterruptedException {
    URI logs = URI.create(daemon.url() + "/v1.24/containers/" + id + "/logs?stdout=1&follow=1");
    HttpRequest request = HttpRequest.newBuilder(logs).timeout(PATIENCE).build();
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        InputStream log = http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body()) {
      byte[] frame = log.readNBytes(FRAME_HEADER + LINE.length());
      assertThat(new String(frame, StandardCharsets.US_ASCII)).endsWith(LINE);
    }
  }

  private static Check handlersAreGone(TestDaemon daemon) throws IOException {
    return Target.of(daemon.url())
        .check()
        .absent("LogRoutes.logsContainer")
        .absent("LogRoutes.writeLogStream")
        .failingOnStale();
  }

  @Test
  void nothingIsLeftOfOneWhoFollowedAndHungUp() throws Exception {
    try (TestDaemon daemon = new TestDaemon(folder, true)) {
      followAndHangUp(daemon, runOneThatFallsSilent(daemon));
      handlersAreGone(daemon).within(PATIENCE);
    }
  }

  @Test
  void withoutTheCureTheCheckNamesWhatIsLeftUntilTheContainerGoes() throws Exception {
    try (TestDaemon daemon = new TestDaemon(folder, false)) {
      String id = runOneThatFallsSilent(daemon);
      followAndHangUp(daemon, id);
      assertThatExceptionOfType(AssertionError.class)
          .isThrownBy(() -> handlersAreGone(daemon).within(Duration.ofSeconds(2)))
          .withMessageContaining("1 thread still has")
          .withMessageContaining("at dev.groundhog.pouch.internal.api.LogRoutes.logsContainer")
          .withMessageContaining("at dev.groundhog.pouch.internal.api.LogRoutes.writeLogStream");
      daemon.send("DELETE", "/containers/" + id + "?force=1", "");
      handlersAreGone(daemon).within(PATIENCE);
    }
  }
}
