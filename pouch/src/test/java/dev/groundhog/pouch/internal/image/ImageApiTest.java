package dev.groundhog.pouch.internal.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.groundhog.pouch.Await;
import dev.groundhog.pouch.PouchOptions;
import dev.groundhog.pouch.Pouchd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Images by the daemon's API.
@Timeout(120)
class ImageApiTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final byte[] TAR = new TarBuilder().file("etc/motd", "hello\n").end();

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir Path folder;
  private Pouchd daemon;

  @BeforeEach
  void start() throws Exception {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "images are kept on Linux only");
    daemon =
        Pouchd.start(
            new PouchOptions(
                List.of(),
                List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
                folder.resolve("root"),
                Optional.of("process"),
                true,
                Optional.empty()));
  }

  @AfterEach
  void end() throws Exception {
    if (daemon != null) {
      daemon.close();
    }
    http.close();
  }

  private HttpResponse<String> send(String method, String path, byte[] body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + daemon.ports().getFirst() + "/v1.24" + path);
    // of no known length, as docker sends it
    return http.send(
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/x-tar")
            .method(
                method,
                HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return send(method, path, new byte[0]);
  }

  private JsonNode get(String path) throws Exception {
    HttpResponse<String> answer = send("GET", path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  private static String message(HttpResponse<String> answer) {
    return JSON.readTree(answer.body()).path("message").asString();
  }

  private static SavedBuilder saved(String name) throws IOException {
    return new SavedBuilder().named(name).gzip(TAR);
  }

  private void load(SavedBuilder saved) throws Exception {
    HttpResponse<String> answer = send("POST", "/images/load?quiet=1", saved.docker());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  @Test
  void aLoadedImageIsToldListedAndInspected() throws Exception {
    SavedBuilder saved = saved("busybox");
    HttpResponse<String> answer = send("POST", "/images/load?quiet=1", saved.docker());
    assertThat(answer.body()).isEqualTo("{\"stream\":\"Loaded image: busybox:latest\\n\"}\n");
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    JsonNode listed = get("/images/json").path(0);
    assertThat(listed.path("Id").asString()).isEqualTo(saved.id());
    assertThat(listed.path("RepoTags").path(0).asString()).isEqualTo("busybox:latest");
    assertThat(listed.path("Size").asInt()).isEqualTo(6);
    JsonNode inspected = get("/images/busybox/json");
    assertThat(inspected.path("Config").path("Cmd").path(0).asString()).isEqualTo("sh");
    assertThat(inspected.path("RootFS").path("Layers").path(0).asString())
        .isEqualTo(Digest.of(TAR));
    assertThat(get("/info").path("Images").asInt()).isEqualTo(1);
  }

  @Test
  void anImportedImageIsToldByItsId() throws Exception {
    HttpResponse<String> answer =
        send("POST", "/images/create?fromSrc=-&repo=host%3A5000%2Fa%2Fb&tag=c&message=why", TAR);
    String id = JSON.readTree(answer.body()).path("status").asString();
    JsonNode inspected = get("/images/host:5000/a/b:c/json");
    assertThat(inspected.path("Id").asString()).isEqualTo(id);
    assertThat(inspected.path("Comment").asString()).isEqualTo("why");
  }

  @Test
  void namesComeAndGo() throws Exception {
    SavedBuilder saved = saved("a");
    load(saved);
    assertThat(send("POST", "/images/a/tag?repo=b/c&tag=d").statusCode()).isEqualTo(201);
    assertThat(get("/images/b/c:d/json").path("Id").asString()).isEqualTo(saved.id());
    HttpResponse<String> conflict = send("DELETE", "/images/" + saved.id());
    assertThat(conflict.statusCode()).isEqualTo(409);
    assertThat(message(conflict)).contains("referenced in multiple repositories");
    assertThat(send("DELETE", "/images/b/c:d").body().trim())
        .isEqualTo("[{\"Untagged\":\"b/c:d\"}]");
    assertThat(send("DELETE", "/images/a").body())
        .contains("{\"Untagged\":\"a:latest\"}", "{\"Deleted\":\"" + saved.id() + "\"}");
    HttpResponse<String> gone = send("GET", "/images/a/json");
    assertThat(gone.statusCode()).isEqualTo(404);
    assertThat(message(gone)).isEqualTo("no such image: a: No such image: a:latest");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"reference\":[\"lab*\"]} | labelled:latest",
        "{\"reference\":{\"labelled:latest\":true}} | labelled:latest",
        "{\"label\":[\"k=v\"]} | labelled:latest",
        "{\"label\":[\"k=w\"]} | ",
        "{\"dangling\":[\"false\"]} | labelled:latest",
        "{\"dangling\":[\"true\"]} | <none>:<none>",
      })
  void filtersChoose(String filters, String name) throws Exception {
    load(
        new SavedBuilder()
            .named("labelled")
            .config(java.util.Map.of("Labels", java.util.Map.of("k", "v")))
            .layer(TAR));
    load(new SavedBuilder().layer(TAR));
    JsonNode found =
        get("/images/json?filters=" + URLEncoder.encode(filters, StandardCharsets.UTF_8));
    assertThat(found.size()).isEqualTo(name == null ? 0 : 1);
    if (name != null) {
      assertThat(found.path(0).path("RepoTags").path(0).asString()).isEqualTo(name);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "501 | POST | /images/create?fromImage=busybox&tag=latest | does not pull images",
        "501 | POST | /images/create?fromSrc=http://x/y.tar | fetches nothing",
        "501 | POST | /images/create?fromSrc=-&changes=CMD%20a | --change",
        "400 | POST | /images/create?fromSrc=-&repo=..%2Fx | invalid reference format",
        "400 | POST | /images/create?fromSrc=- | no tar",
        "400 | POST | /images/load | no saved image",
        "404 | GET | /images/no/such:thing/json | No such image: no/such:thing",
        "404 | DELETE | /images/no/such:thing | No such image",
        "404 | POST | /images/no/tag?repo=x | No such image: no:latest",
        "400 | GET | /images/json?filters=%7B%22x%22:[%22y%22]%7D | Invalid filter",
        "501 | POST | /images/no/such/push | docker push",
      })
  void whatCannotBeDoneIsRefusedByName(int status, String method, String path, String words)
      throws Exception {
    HttpResponse<String> answer = send(method, path);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(message(answer)).contains(words);
  }

  @Test
  void aHostileArchiveIsRefusedAlsoWhereMoreOfItComes() throws Exception {
    byte[] hostile = new TarBuilder().file("../x", "x").file("rest", new byte[3 << 20]).end();
    HttpResponse<String> answer = send("POST", "/images/load", hostile);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(message(answer)).contains("leads upwards");
    byte[] noTar = new byte[5 << 20];
    Arrays.fill(noTar, (byte) 'x');
    assertThat(send("POST", "/images/create?fromSrc=-", noTar).statusCode()).isEqualTo(400);
    assertThat(unfinished()).isEmpty();
    load(saved("still-alive"));
  }

  private List<Path> unfinished() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("root/images/unfinished"))) {
      return files.toList();
    }
  }

  @Test
  void aClientThatBreaksOffLeavesNothingBehind() throws Exception {
    try (Socket socket =
        new Socket(InetAddress.ofLiteral("127.0.0.1"), daemon.ports().getFirst())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /v1.24/images/load HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                  + "Content-Length: 1000000\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      out.write(TAR);
      out.flush();
      await(false);
    }
    await(true);
    load(saved("still-alive"));
  }

  private void await(boolean isEmpty) throws Exception {
    Await.until(
        isEmpty ? "nothing unfinished" : "something unfinished",
        () -> unfinished().isEmpty() == isEmpty);
  }

  @Test
  void imagesOutliveTheDaemon() throws Exception {
    load(saved("kept"));
    daemon.close();
    start();
    assertThat(get("/images/kept/json").path("RepoTags").path(0).asString())
        .isEqualTo("kept:latest");
  }
}
