package dev.groundhog.target.internal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.groundhog.dump.Dump;
import dev.groundhog.dump.DumpThread;
import dev.groundhog.leak.Looks;
import dev.groundhog.target.Check;
import dev.groundhog.target.CheckResult;
import dev.groundhog.target.Target;
import dev.groundhog.target.TargetException;
import dev.groundhog.target.TargetException.Code;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSourceTest {
  private static final String GO =
      """
      goroutine 1 [running]:
      main.main()
      \t/app/main.go:7 +0x1d

      goroutine 18 [chan receive, 4 minutes]:
      main.worker()
      \t/app/main.go:12 +0x25
      created by main.main in goroutine 1
      \t/app/main.go:6 +0x2a
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "http://%s",
        "http://%s/",
        "http://%s/debug/pprof",
        "http://%s/debug/pprof/"
      })
  void aServerIsAskedForItsGoroutines(String spec) throws Exception {
    try (OneAnswer server = new OneAnswer(OneAnswer.ok(GO))) {
      Target target = Target.of(spec.formatted(server.address()));
      assertThat(target.dumps()).singleElement().satisfies(d -> assertThat(d.rows()).isEqualTo(2));
      assertThat(target.name()).isEqualTo("http://" + server.address());
      assertThat(target.pid()).isEmpty();
      assertThat(server.heads().getFirst()).startsWith("GET /debug/pprof/goroutine?debug=2 ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/debug/pprof/goroutine?debug=2&x=1",
        "/files/yesterday.txt",
        "/a/debug/pprof/goroutine?debug=1"
      })
  void aWholeUrlIsUsedAsItIs(String path) throws Exception {
    try (OneAnswer server = new OneAnswer(OneAnswer.ok(GO))) {
      assertThat(Target.of("http://" + server.address() + path).dumps()).hasSize(1);
      assertThat(server.heads().getFirst()).startsWith("GET " + path + " ");
    }
  }

  @Test
  void aNameThatAnEarlierLookSawIsKnown() throws Exception {
    String gone = GO.substring(0, GO.indexOf("goroutine 18"));
    try (OneAnswer server = new OneAnswer(OneAnswer.ok(GO), OneAnswer.ok(gone))) {
      CheckResult result =
          Target.of(server.address())
              .check()
              .absent("main.worker", "main.never")
              .run(Duration.ofMinutes(1));
      assertThat(result.passed()).isTrue();
      assertThat(result.looks()).isEqualTo(2);
      assertThat(result.unknown())
          .extracting(name -> name.pattern().toString())
          .containsExactly("main.never");
    }
  }

  @Test
  void aServerThatLabelsNoWorkIsStaleWhereNoneMayBeAbandoned() throws Exception {
    String dump =
        "{\"schema\":\"groundhog.dump/1\",\"process\":{\"format\":\"live\"},\"stacks\":[],"
            + "\"threads\":[{\"kind\":\"PLATFORM\",\"id\":1}]}";
    for (boolean known : new boolean[] {false, true}) {
      String told = OneAnswer.ok("{\"known\":" + known + ",\"nearest\":null}");
      try (OneAnswer server = new OneAnswer(told).ours(json(dump))) {
        Check check = Target.of(server.address()).check().noneAbandoned();
        CheckResult result = check.run(Duration.ZERO);
        assertThat(result.passed()).isTrue();
        assertThat(server.heads())
            .singleElement()
            .asString()
            .startsWith("GET /debug/groundhog/functions?name=dev.groundhog.mark.Labels.call ");
        assertThat(result.stale()).hasSize(known ? 0 : 1);
        assertThat(check.report(result).warnings())
            .allMatch(text ->
                text.endsWith(
                    "so that no thread can be abandoned: does the server use"
                        + " groundhog-context?"));
      }
    }
  }

  @Test
  void aServerIsLookedAtUntilNobodyIsAbandoned() throws Exception {
    String dump =
        "{\"schema\":\"groundhog.dump/1\",\"process\":{\"format\":\"live\"},\"stacks\":[{\"index\":0,"
            + "\"frames\":[{\"function\":\"acme.Logs.handle\"}]}],\"threads\":[{\"kind\":"
            + "\"VIRTUAL\",\"id\":1,\"stack\":0%s}]}";
    try (OneAnswer server =
        new OneAnswer(OneAnswer.ok("{\"known\":true,\"nearest\":null}"))
            .ours(json(dump.formatted(",\"clientGoneSeconds\":2")))) {
      Check check = Target.of(server.address()).check().noneAbandoned(Duration.ofSeconds(1));
      assertThat(check.run(Duration.ofMillis(300)).abandoned()).hasSize(1);
      int asked = server.askedForOurs();
      Thread ending =
          Thread.ofPlatform()
              .name("ending")
              .start(() -> {
                while (server.askedForOurs() < asked + 2) {
                  LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
                }
                server.ours(json(dump.formatted("")));
              });
      CheckResult result = check.run(Duration.ofMinutes(1));
      ending.join();
      assertThat(result.passed()).isTrue();
      assertThat(result.looks()).isGreaterThan(2);
    }
  }

  @Test
  void theTimeThatALookTakesIsNotCountedAsWaiting() throws Exception {
    long start = System.nanoTime();
    List<Duration> asked = new CopyOnWriteArrayList<>();
    List<Duration> answered = new CopyOnWriteArrayList<>();
    // Each answer takes longer than all before it, so that counting it would be seen.
    Runnable slowly =
        () -> {
          asked.add(Duration.ofNanos(System.nanoTime() - start));
          LockSupport.parkNanos(2 * asked.getLast().toNanos());
          answered.add(Duration.ofNanos(System.nanoTime() - start));
        };
    try (OneAnswer server = new OneAnswer(slowly, OneAnswer.ok(GO), OneAnswer.ok(GO))) {
      Target target = Target.of(server.address());
      Looks looks = new Looks();
      target.look(looks);
      DumpThread thread = target.look(looks).dump().row(0);
      Duration between = asked.getLast().minus(answered.getFirst());
      assertThat(looks.atLeast(thread))
          .hasValueSatisfying(known -> assertThat(known).isLessThanOrEqualTo(between));
    }
  }

  @Test
  void aPasswordIsSentAndNotShown() throws Exception {
    try (OneAnswer server = new OneAnswer("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")) {
      Target target = Target.of("http://me:s3cret@" + server.address());
      assertThat(target.name()).doesNotContain("s3cret");
      assertFails(Code.NOT_A_DUMP, "401", target::dumps);
      assertThat(server.heads().getFirst()).contains("Authorization: Basic bWU6czNjcmV0");
    }
  }

  @Test
  void aRedirectOnTheSameHostIsFollowed() throws Exception {
    try (OneAnswer server = new OneAnswer(OneAnswer.redirect("/elsewhere"), OneAnswer.ok(GO))) {
      assertThat(Target.of(server.address()).dumps()).hasSize(1);
      assertThat(server.heads().getLast()).startsWith("GET /elsewhere ");
    }
  }

  @Test
  void aRedirectToAnotherHostIsNotFollowed() throws Exception {
    try (OneAnswer other = new OneAnswer(OneAnswer.ok(GO));
        OneAnswer server = new OneAnswer(OneAnswer.redirect("http://" + other.address() + "/"))) {
      assertFails(Code.UNREACHABLE, "redirects elsewhere", Target.of(server.address())::dumps);
      assertThat(other.heads()).isEmpty();
    }
  }

  @Test
  void anEndlessRedirectEnds() throws Exception {
    String[] answers = new String[20];
    java.util.Arrays.fill(answers, OneAnswer.redirect("/again"));
    try (OneAnswer server = new OneAnswer(answers)) {
      assertFails(Code.UNREACHABLE, "too often", Target.of(server.address())::dumps);
      assertThat(server.heads()).hasSize(6);
    }
  }

  @Test
  void aServerWithoutPprofIsToldSo() throws Exception {
    try (OneAnswer server = new OneAnswer("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")) {
      assertFails(Code.NOT_A_DUMP, "net/http/pprof", Target.of(server.address())::dumps);
    }
  }

  @Test
  void aPageIsNoDump() throws Exception {
    try (OneAnswer server = new OneAnswer(OneAnswer.ok("<html>hello</html>\n"))) {
      assertFails(Code.NOT_A_DUMP, "no thread dump", Target.of(server.address())::dumps);
    }
  }

  @Test
  void aBodyThatNeverEndsIsGivenUp() throws Exception {
    String endless = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\ngoroutine 1 [running]:\n";
    try (OneAnswer server = new OneAnswer(endless)) {
      HttpSource source = HttpSource.of("http://" + server.address(), Duration.ofMillis(500));
      assertFails(Code.TIMEOUT, "in time", source::dumps);
    }
  }

  @Test
  void aServerThatNeverAnswersIsGivenUp() throws Exception {
    try (OneAnswer server = new OneAnswer("")) {
      HttpSource source = HttpSource.of("http://" + server.address(), Duration.ofMillis(500));
      assertFails(Code.TIMEOUT, "in time", source::dumps);
    }
  }

  @Test
  void aDeadPortIsUnreachable() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    assertFails(Code.UNREACHABLE, "is the server running", Target.of("127.0.0.1:" + port)::dumps);
  }

  @Test
  void aServerWithoutTlsIsToldFromNone() throws Exception {
    try (WithoutTls server = new WithoutTls(0)) {
      assertFails(Code.UNREACHABLE, "does not speak TLS", Target.of(server.url())::dumps);
    }
    try (OneAnswer server = new OneAnswer("HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n")) {
      assertFails(Code.NOT_A_DUMP, "https://", Target.of(server.address())::dumps);
    }
  }

  @Test
  void aHandshakeWhoseFailureWasLostIsTriedOnceMore() throws Exception {
    try (WithoutTls server = new WithoutTls(1)) {
      assertFails(Code.UNREACHABLE, "does not speak TLS", Target.of(server.url())::dumps);
    }
  }

  @Test
  void aHostThatIsNoneIsToldSo() throws Exception {
    assertFails(Code.UNREACHABLE, "no host is called", Target.of("http://no.invalid:1")::dumps);
  }

  @Test
  void aLookAtAServerSaysWhenItWasTaken() throws Exception {
    Instant before = Instant.now();
    try (OneAnswer server = new OneAnswer(OneAnswer.ok(GO))) {
      Dump dump = Target.of(server.address()).look().dump();
      assertThat(dump.process().time())
          .hasValueSatisfying(time -> assertThat(time).isBetween(before, Instant.now()));
    }
  }

  @Test
  void ourOwnEndpointIsAskedForOnceAndOnlyOfAServer() throws Exception {
    try (OneAnswer server = new OneAnswer(OneAnswer.ok(GO), OneAnswer.ok(GO), OneAnswer.ok(GO))) {
      Target target = Target.of(server.address());
      target.dumps();
      target.dumps();
      assertThat(server.askedForOurs()).isEqualTo(1);
      Target.of("http://" + server.address() + "/debug/pprof/goroutine?debug=2").dumps();
      assertThat(server.askedForOurs()).isEqualTo(1);
    }
  }

  @Test
  void aServerThatAnswersEveryPathIsReadAsGo() throws Exception {
    String json = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n";
    for (String page : List.of(OneAnswer.ok("welcome"), json + "Connection: close\r\n\r\n{}")) {
      try (OneAnswer server = new OneAnswer(OneAnswer.ok(GO)).ours(page)) {
        assertThat(Target.of(server.address()).dumps()).hasSize(1);
        assertThat(server.askedForOurs()).isEqualTo(1);
      }
    }
  }

  @Test
  void ourOwnEndpointIsReadWhereItIs() throws Exception {
    String body =
        "{\"schema\":\"groundhog.dump/1\",\"threads\":[{\"kind\":\"VIRTUAL\",\"name\":\"x\"}]}";
    try (OneAnswer server = new OneAnswer().ours(json(body))) {
      Target target = Target.of(server.address());
      assertThat(target.dumps()).hasSize(1);
    }
  }

  @Test
  void aLookLeavesNoThread() throws Exception {
    try (OneAnswer server = new OneAnswer(OneAnswer.ok(GO))) {
      Target.of(server.address()).dumps();
    }
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("groundhog-") || thread.getName().startsWith("HttpClient")) {
        thread.join(Duration.ofSeconds(20));
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
  }

  /// Answers in plain text, except to its first connections, to which it says nothing.
  private static final class WithoutTls implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final AtomicInteger silent;
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

    WithoutTls(int silent) throws IOException {
      this.silent = new AtomicInteger(silent);
      clients.execute(this::accept);
    }

    String url() {
      return "https://127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      server.close();
      clients.close();
    }

    private void accept() {
      try {
        while (true) {
          Socket client = server.accept();
          clients.execute(() -> answer(client));
        }
      } catch (IOException _) {
        // closed
      }
    }

    private void answer(Socket client) {
      try (client) {
        if (silent.getAndDecrement() <= 0) {
          client.getOutputStream().write("HTTP/1.1 400 No\r\n\r\n".getBytes(UTF_8));
        }
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
      } catch (IOException _) {
        // the client has gone
      }
    }
  }

  private static void assertFails(Code code, String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(TargetException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(words)
        .message()
        .doesNotContain("\n");
  }

  private static String json(String body) {
    return OneAnswer.ok(body).replace("200 OK\r\n", "200 OK\r\nContent-Type: application/json\r\n");
  }
}
