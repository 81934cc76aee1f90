package dev.groundhog.cli.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.groundhog.leak.Finding;
import dev.groundhog.leak.LeakRules;
import dev.groundhog.leak.Trends;
import dev.groundhog.target.Target;
import dev.groundhog.target.TargetException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class LeaksWatchTest {
  private static final Duration SOON = Duration.ofMillis(1);

  private final AtomicInteger asked = new AtomicInteger();
  private volatile Optional<String> other = Optional.empty();
  private HttpServer server;

  /// A Go server that has one more goroutine each time it is asked.
  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          StringBuilder text = new StringBuilder();
          int goroutines = asked.incrementAndGet();
          for (int id = 1; id <= goroutines; id++) {
            text.append("goroutine ").append(id).append(" [chan receive]:\n");
            text.append("main.take()\n\t/a.go:7 +0x1\ncreated by main.start in goroutine 1\n");
            text.append("\t/a.go:9 +0x2\n\n");
          }
          byte[] body = other.orElse(text.toString()).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private LeaksWatch watch(long maxLooks) throws TargetException {
    return new LeaksWatch(
        Target.of(
            "http://127.0.0.1:" + server.getAddress().getPort() + "/debug/pprof/goroutine?debug=2"),
        new LeakRules(Duration.ofMinutes(1), 3),
        Optional.empty(),
        SOON,
        maxLooks);
  }

  @Test
  void itEndsAfterSoManyLooksWithWhatTheLastOneFound() throws Exception {
    AtomicInteger told = new AtomicInteger();
    List<Finding> findings =
        watch(3)
            .run((trends, _) -> {
              Trends.Row row = trends.rows().getFirst();
              told.incrementAndGet();
              assertThat(row.count()).isEqualTo(trends.looks());
              assertThat(row.createdBy().frames().getFirst().function()).isEqualTo("main.start");
              return true;
            });
    assertThat(told).hasValue(3);
    assertThat(findings.getFirst().group().count()).isEqualTo(3);
    assertThat(findings.getFirst().accused()).isTrue();
  }

  @Test
  void itEndsWhenNobodyWantsToKnow() throws Exception {
    watch(Long.MAX_VALUE).run((trends, _) -> trends.looks() < 2);
    assertThat(asked).hasValue(2);
  }

  @Test
  void aTargetThatGoesAwayIsSaidToHaveBeenThere() {
    assertThatThrownBy(() ->
            watch(Long.MAX_VALUE)
                .run((trends, _) -> {
                  if (trends.looks() == 2) {
                    server.stop(0);
                  }
                  return true;
                }))
        .isInstanceOfSatisfying(
            TargetException.class,
            e -> assertThat(e.code()).isEqualTo(TargetException.Code.UNREACHABLE))
        .hasMessageStartingWith("after 2 looks: nothing that speaks HTTP at ");
  }

  @Test
  void aTargetThatWasNeverThereIsToldAsEver() throws Exception {
    LeaksWatch watch = watch(Long.MAX_VALUE);
    server.stop(0);
    assertThatThrownBy(() -> watch.run((_, _) -> true))
        .hasMessageStartingWith("nothing that speaks HTTP at ");
  }

  @Test
  void anotherProcessAtTheSamePlaceIsNotTheOneThatWasWatched() {
    assertThatThrownBy(() ->
            watch(Long.MAX_VALUE)
                .run((trends, _) -> {
                  other = Optional.of(dump(100 + trends.looks() / 2));
                  return true;
                }))
        .hasMessageEndingWith(" was PID 100 for 2 looks and is PID 101 now: watch it anew");
  }

  private static String dump(long pid) {
    return """
    {"schema":"groundhog.dump/1","process":{"pid":%d},"threads":[]}
    """
        .formatted(pid);
  }
}
