package dev.groundhog.pouch;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A daemon, and clients that talk to it over real sockets. Closing it removes its containers.
final class TestDaemon implements Closeable {
  static final JsonMapper JSON = JsonMapper.builder().build();
  static final int PATIENCE_MILLIS = 60_000;
  private static final String UPGRADE = "Connection: Upgrade\r\nUpgrade: tcp\r\n";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Pouchd daemon;

  /// On plain processes.
  TestDaemon(Path root, boolean cancelOnDisconnect) throws IOException, InterruptedException {
    this(root, cancelOnDisconnect, "process");
  }

  TestDaemon(Path root, boolean cancelOnDisconnect, String runtime)
      throws IOException, InterruptedException {
    Assumptions.assumeTrue(
        System.getProperty("os.name").equals("Linux"), "containers are made on Linux only");
    daemon =
        Pouchd.start(
            new PouchOptions(
                List.of(),
                List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)),
                root,
                Optional.of(runtime),
                cancelOnDisconnect,
                Optional.empty()));
  }

  String url() {
    return "http://127.0.0.1:" + daemon.ports().getFirst();
  }

  HttpResponse<String> send(String method, String path, Object body)
      throws IOException, InterruptedException {
    return sendText(method, path, body.equals("") ? "" : JSON.writeValueAsString(body));
  }

  /// @param json as it stands, which may be none
  HttpResponse<String> sendText(String method, String path, String json)
      throws IOException, InterruptedException {
    return http.send(request(method, path, json), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(String method, String path, String json) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url() + "/v1.24" + path))
            .timeout(Duration.ofMillis(PATIENCE_MILLIS))
            .header("Content-Type", "application/json")
            .method(
                method,
                json.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(json));
    return request.build();
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(send("GET", path, "").body());
  }

  /// Of what happens from now on, that of one sort, a line each, until it is closed.
  Stream<String> events(String action) throws IOException, InterruptedException {
    return http.send(request("GET", "/events", ""), HttpResponse.BodyHandlers.ofLines())
        .body()
        .filter(event -> event.contains("\"Action\":\"" + action + "\""));
  }

  int post(String path) throws IOException, InterruptedException {
    return send("POST", path, "").statusCode();
  }

  /// @param settings beside the image and the command
  String create(String script, Map<String, Object> settings)
      throws IOException, InterruptedException {
    Map<String, Object> body = new java.util.HashMap<>(settings);
    body.put("Image", "busybox");
    body.put("Cmd", List.of("sh", "-c", script));
    return JSON.readTree(send("POST", "/containers/create", body).body()).path("Id").asString();
  }

  String run(String script, Map<String, Object> settings) throws IOException, InterruptedException {
    String id = create(script, settings);
    post("/containers/" + id + "/start");
    return id;
  }

  /// @param settings with the command
  String createExec(String container, Map<String, Object> settings)
      throws IOException, InterruptedException {
    return JSON.readTree(send("POST", "/containers/" + container + "/exec", settings).body())
        .path("Id")
        .asString();
  }

  int exitCode(String id) throws IOException, InterruptedException {
    return JSON.readTree(send("POST", "/containers/" + id + "/wait", "").body())
        .path("StatusCode")
        .asInt();
  }

  void load(byte[] archive) throws IOException, InterruptedException {
    HttpResponse<String> loaded =
        http.send(
            HttpRequest.newBuilder(URI.create(url() + "/v1.24/images/load"))
                .timeout(Duration.ofMillis(PATIENCE_MILLIS))
                .POST(HttpRequest.BodyPublishers.ofByteArray(archive))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (loaded.statusCode() != 200) {
      throw new IOException(loaded.body());
    }
  }

  Client attach(String id, String query) throws IOException {
    return new Client("/containers/" + id + "/attach?stream=1&" + query, "", UPGRADE);
  }

  Client attachWithoutUpgrade(String id, String query) throws IOException {
    return new Client("/containers/" + id + "/attach?stream=1&" + query, "", "");
  }

  Client startExec(String id) throws IOException {
    return new Client("/exec/" + id + "/start", "{\"Detach\":false,\"Tty\":false}", UPGRADE);
  }

  /// All threads of this JVM.
  String stacks() throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create(url() + "/debug/pprof/goroutine?debug=2")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  @Override
  public void close() throws IOException {
    try {
      for (JsonNode container : get("/containers/json?all=1")) {
        send("DELETE", "/containers/" + container.path("Id").asString() + "?force=1", "");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    end();
  }

  /// Ends the daemon, and lets its containers run on.
  void end() throws IOException {
    daemon.close();
    http.close();
  }

  /// One that has taken its connection from HTTP.
  final class Client implements Closeable {
    private final Socket socket = new Socket();
    private final DataInputStream in;
    final String head;

    private Client(String path, String body, String headers) throws IOException {
      socket.setReceiveBufferSize(1 << 14);
      socket.connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), daemon.ports().getFirst()));
      socket.setSoTimeout(PATIENCE_MILLIS);
      String request =
          "POST /v1.24%s HTTP/1.1\r\nHost: localhost\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(path, headers, body.length(), body);
      write(request);
      in = new DataInputStream(socket.getInputStream());
      StringBuilder text = new StringBuilder();
      while (text.indexOf("\r\n\r\n") < 0) {
        text.append((char) in.readUnsignedByte());
      }
      head = text.toString();
    }

    void write(String text) throws IOException {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    void endInput() throws IOException {
      socket.shutdownOutput();
    }

    InputStream raw() {
      return in;
    }

    /// The payload of so many bytes of the frames of one stream.
    String frames(int stream, int bytes) throws IOException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      while (all.size() < bytes) {
        readFrame(stream, all);
      }
      return all.toString(StandardCharsets.ISO_8859_1);
    }

    private void readFrame(int stream, ByteArrayOutputStream into) throws IOException {
      int type = in.readUnsignedByte();
      in.skipNBytes(3);
      byte[] payload = in.readNBytes(in.readInt());
      if (type == stream) {
        into.writeBytes(payload);
      }
    }

    /// All that comes of one stream, up to the end.
    byte[] rest(int stream) throws IOException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      try {
        while (true) {
          readFrame(stream, all);
        }
      } catch (EOFException _) {
        return all.toByteArray();
      }
    }

    String text(int stream) throws IOException {
      return new String(rest(stream), StandardCharsets.ISO_8859_1);
    }

    /// As one whose process was killed with something unread.
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
