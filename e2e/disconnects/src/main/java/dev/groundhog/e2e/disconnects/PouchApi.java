package dev.groundhog.e2e.disconnects;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The API of a container daemon, byte by byte, for clients that stay and for those that don't.
final class PouchApi {
  private static final String VERSION = "/v1.24";
  private static final String JSON = "Content-Type: application/json";
  private static final Pattern ID = Pattern.compile("\"Id\":\"([0-9a-f]{64})\"");

  /// How a client is connected.
  enum By {
    UNIX,
    TCP;

    /// One after the other.
    static By turn(int number) {
      return number % 2 == 0 ? UNIX : TCP;
    }
  }

  private final Path socket;
  private final int port;

  PouchApi(Path socket, int port) {
    this.socket = socket;
    this.port = port;
  }

  Client connect(By by) throws IOException {
    return switch (by) {
      case UNIX -> Client.unix(socket);
      case TCP -> Client.tcp(port);
    };
  }

  /// @param json empty for none
  static byte[] request(String method, String path, String json, String... headers) {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    String[] all =
        Stream.concat(
                Stream.of(headers),
                body.length == 0
                    ? Stream.of("Content-Length: 0")
                    : Stream.of(JSON, "Content-Length: " + body.length))
            .toArray(String[]::new);
    byte[] head = Client.request(method, VERSION + path, all);
    byte[] whole = new byte[head.length + body.length];
    System.arraycopy(head, 0, whole, 0, head.length);
    System.arraycopy(body, 0, whole, head.length, body.length);
    return whole;
  }

  /// A request for the streams of a process, which are the connection from then on.
  static byte[] hijacking(String path, String json) {
    return request("POST", path, json, "Connection: Upgrade", "Upgrade: tcp");
  }

  /// Asks, and waits for the whole answer.
  ///
  /// @throws IOException if it is no success
  String call(String method, String path, String json) throws IOException {
    try (Client client = connect(By.UNIX)) {
      client.write(request(method, path, json, "Connection: close"));
      String answer = client.read(_ -> false);
      if (!answer.startsWith("HTTP/1.1 2")) {
        throw new IOException(method + " " + path + ": " + answer);
      }
      return answer;
    }
  }

  /// Makes a container.
  ///
  /// @param settings more of its body
  /// @return its id
  String create(List<String> command, String... settings) throws IOException {
    return id(call("POST", "/containers/create", container(command, settings)));
  }

  static String container(List<String> command, String... settings) {
    return Stream.concat(
            Stream.of("\"Image\":\"busybox\"", "\"Cmd\":" + words(command)), Stream.of(settings))
        .collect(Collectors.joining(",", "{", "}"));
  }

  /// Makes a process to be started in a container.
  String exec(String container, boolean hasInput, String... command) throws IOException {
    return id(
        call(
            "POST",
            "/containers/" + container + "/exec",
            "{\"AttachStdin\":%s,\"AttachStdout\":true,\"AttachStderr\":true,\"Cmd\":%s}"
                .formatted(hasInput, words(List.of(command)))));
  }

  static String words(List<String> words) {
    return words.stream()
        .map(word -> "\"" + word + "\"")
        .collect(Collectors.joining(",", "[", "]"));
  }

  void start(String container) throws IOException {
    call("POST", "/containers/" + container + "/start", "");
  }

  void remove(String container) throws IOException {
    call("DELETE", "/containers/" + container + "?force=1", "");
  }

  /// The ids of those that the daemon lists.
  List<String> ids(String query) throws IOException {
    Matcher ids = ID.matcher(call("GET", "/containers/json?" + query, ""));
    List<String> found = new ArrayList<>();
    while (ids.find()) {
      found.add(ids.group(1));
    }
    return found;
  }

  static String id(String answer) throws IOException {
    Matcher id = ID.matcher(answer);
    if (!id.find()) {
      throw new IOException("no id: " + answer);
    }
    return id.group(1);
  }
}
