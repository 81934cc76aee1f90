import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/// Sends a pouchd what nobody should, each beside a harmless twin, and insists on the status of both.
/// Knows nothing of pouchd's own classes. `java Hostile.java PORT FOLDER`, the folder
/// being one that nothing may be written to.
public final class Hostile {
  private static final int BLOCK = 512;
  private static final String LOAD = "POST /images/load";
  private static final String IMPORT = "POST /images/create?fromSrc=-&repo=hostile";
  private static final String CREATE = "POST /containers/create";

  private static int count;
  private static int port;

  /// A folder that is not pouchd's.
  private static String outside = "";

  private static HttpClient http;

  private Hostile() {}

  public static void main(String[] args) throws Exception {
    port = Integer.parseInt(args[0]);
    outside = args[1];
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      http = client;
      rootFileSystems();
      savedImages();
      layouts();
      requests();
      wire();
    }
    System.out.println(count);
  }

  // A tar, header by header.

  private static byte[] member(char type, String name, String link, String content) {
    return member(type, name, link, content.getBytes(StandardCharsets.UTF_8), "%011o".formatted(content.length()));
  }

  private static byte[] member(char type, String name, String link, byte[] content, String size) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, "0000644\0" + "0000000\0" + "0000000\0" + size);
    put(header, 136, "14531132400");
    header[156] = (byte) type;
    put(header, 157, link);
    put(header, 257, "ustar\00000");
    return join(checked(header), content, new byte[-content.length & BLOCK - 1]);
  }

  private static byte[] checked(byte[] header) {
    put(header, 148, "        ");
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += header[i] & 0xff;
    }
    put(header, 148, "%06o\0 ".formatted(sum));
    return header;
  }

  private static void put(byte[] into, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(bytes, 0, into, offset, bytes.length);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] tar(byte[]... members) {
    return join(join(members), new byte[2 * BLOCK]);
  }

  private static byte[] file(String name, String content) {
    return member('0', name, "", content);
  }

  private static byte[] file(String name, byte[] content) {
    return member('0', name, "", content, "%011o".formatted(content.length));
  }

  private static byte[] folder(String name) {
    return member('5', name, "", "");
  }

  private static byte[] symbolicLink(String name, String target) {
    return member('2', name, target, "");
  }

  private static byte[] hardLink(String name, String target) {
    return member('1', name, target, "");
  }

  private static byte[] pax(String records) {
    return member('x', "pax", "", records);
  }

  private static byte[] longName(String name) {
    return member('L', "long", "", name + "\0");
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  private static byte[] cut(byte[] bytes, int length) {
    return Arrays.copyOf(bytes, length);
  }

  private static byte[] changed(byte[] bytes, int at) {
    byte[] changed = bytes.clone();
    changed[at] ^= 1;
    return changed;
  }

  private static String hex(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // What is sent.

  private static void rootFileSystems() throws Exception {
    byte[] f = file("f", "x");
    refused("a path upwards", IMPORT, tar(file("../f", "x")), tar(file("..f", "x")));
    refused("a path upwards within", IMPORT, tar(file("a/../../f", "x")), tar(file("a/.../f", "x")));
    refused("an absolute path", IMPORT, tar(file("/f", "x")), tar(file("./f", "x")));
    refused("a folder upwards", IMPORT, tar(folder("../d/")), tar(folder("d/")));
    refused("a path upwards by pax", IMPORT, tar(pax("13 path=../f\n"), f), tar(pax("13 path=aa/f\n"), f));
    refused("a path upwards by a long name", IMPORT, tar(longName("../f"), f), tar(longName("aa/f"), f));
    refused("below a link out", IMPORT, tar(symbolicLink("l", "../../../.."), file("l/f", "x")), tar(symbolicLink("l", "../../../.."), file("m/f", "x")));
    refused("below an absolute link", IMPORT, tar(symbolicLink("l", outside), file("l/f", "x")), tar(symbolicLink("l", outside), file("lf", "x")));
    refused("a folder below a link", IMPORT, tar(symbolicLink("l", outside), folder("l/d")), tar(symbolicLink("l", outside), folder("d")));
    refused("a folder in place of a link", IMPORT, tar(symbolicLink("l", outside), folder("l")), tar(folder("l"), folder("l")));
    refused("a link in place of a folder", IMPORT, tar(folder("d"), symbolicLink("d", outside)), tar(file("d", "x"), symbolicLink("d", outside)));
    refused("below a file", IMPORT, tar(f, file("f/f", "x")), tar(f, file("g/f", "x")));
    refused("a hard link upwards", IMPORT, tar(f, hardLink("h", "../f")), tar(f, hardLink("h", "f")));
    refused("an absolute hard link", IMPORT, tar(f, hardLink("h", "/etc/passwd")), tar(f, hardLink("h", "./f")));
    refused("a hard link by a link", IMPORT, tar(symbolicLink("l", "/etc"), hardLink("h", "l/passwd")), tar(symbolicLink("l", "/etc"), hardLink("h", "l")));
    refused("a hard link to nothing", IMPORT, tar(hardLink("h", "f"), f), tar(f, hardLink("h", "f")));
    refused("a hard link to a folder", IMPORT, tar(folder("d"), hardLink("h", "d")), tar(folder("d"), symbolicLink("h", "d")));
    refused("a character device", IMPORT, tar(member('3', "d", "", "")), tar(member('6', "d", "", "")));
    refused("a block device", IMPORT, tar(member('4', "d", "", "")), tar(f));
    refused("a whiteout of the parent", IMPORT, tar(file("d/.wh...", "")), tar(file("d/.wh.f", "")));
    refused("a whiteout of nothing", IMPORT, tar(file("d/.wh.", "")), tar(file("d/.wh.x", "")));
    refused("all hidden", IMPORT, tar(file(".wh..wh..opq", "")), tar(file("d/.wh..wh..opq", "")));
    refused("a negative size", IMPORT, tar(member('0', "f", "", new byte[0], "\u00ff".repeat(12))), tar(member('0', "f", "", new byte[0], "\u0080" + "\0".repeat(11))));
    refused("a size beyond all", IMPORT, tar(member('0', "f", "", new byte[0], "77777777777")), tar(member('0', "f", "", new byte[0], "00000000000")));
    refused("a size that is none", IMPORT, tar(member('0', "f", "", new byte[0], "some bytes\0")), tar(member('0', "f", "", new byte[0], "          0\0")));
    refused("a link with content", IMPORT, tar(member('2', "l", "x", "content")), tar(member('2', "l", "x", "")));
    refused("an unknown type", IMPORT, tar(member('Z', "f", "", "")), tar(member('7', "f", "", "")));
    refused("a sparse file", IMPORT, tar(member('S', "f", "", "")), tar(f));
    refused("a sparse file of pax", IMPORT, tar(pax("22 GNU.sparse.major=1\n"), f), tar(pax("22 GNV.sparse.major=1\n"), f));
    refused("a wild length in pax", IMPORT, tar(pax("999999999999 path=f\n"), f), tar(pax("10 path=f\n"), f));
    refused("a length of pax beyond its header", IMPORT, tar(pax("99 path=f\n"), f), tar(pax("10 path=g\n"), f));
    refused("a huge header", IMPORT, tar(member('x', "pax", "", new byte[2 << 20], "%011o".formatted(2 << 20)), f), tar(pax(""), f));
    refused("a global path", IMPORT, tar(member('g', "pax", "", "10 path=f\n"), f), tar(member('g', "pax", "", "13 comment=f\n"), f));
    refused("a name of 256 bytes", IMPORT, tar(longName("n".repeat(256)), f), tar(longName("n".repeat(255)), f));
    refused("a path of 5,000 bytes", IMPORT, tar(longName("d/".repeat(2_500) + "f"), f), tar(longName("d/".repeat(200) + "f"), f));
    refused("257 folders", IMPORT, tar(longName("d/".repeat(256) + "f"), f), tar(longName("d/".repeat(255) + "f"), f));
    refused("a wrong checksum", IMPORT, changed(tar(f), 0), tar(f));
    refused("cut off in a file", IMPORT, cut(tar(file("f", "x".repeat(600))), 900), tar(file("f", "x".repeat(600))));
    refused("without an end", IMPORT, f, tar(f));
    refused("more behind the end", IMPORT, join(f, new byte[BLOCK], tar(f)), join(tar(f), new byte[8 * BLOCK]));
    refused("half a gzip", IMPORT, cut(gzip(tar(f)), 60), gzip(tar(f)));
    refused("a damaged gzip", IMPORT, changed(gzip(tar(f)), gzip(tar(f)).length - 6), gzip(tar(f)));
    refused("xz", IMPORT, join(new byte[] {(byte) 0xfd}, utf8("7zXZ\0")), tar(f));
    refused("no tar", IMPORT, utf8("no tar".repeat(500)), tar(f));
    refused("nothing", IMPORT, new byte[0], tar());
  }

  private static final byte[] LAYER = tar(file("f", "x"));
  private static final byte[] OTHER = tar(file("f", "other"));

  private static String config(String layer) {
    return "{\"architecture\":\"" + architecture() + "\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"sh\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" + layer + "\"]}}";
  }

  private static String architecture() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm64" : System.getProperty("os.arch");
  }

  private static byte[] saved(String config, String tag, byte[] layer) {
    String name = hex(utf8(config)) + ".json";
    return tar(file("manifest.json", manifest(name, tag)), file(name, config), file("l", layer));
  }

  private static String manifest(String config, String tag) {
    return "[{\"Config\":\"" + config + "\",\"RepoTags\":[\"" + tag + "\"],\"Layers\":[\"l\"]}]";
  }

  private static void savedImages() throws Exception {
    String config = config(hex(LAYER));
    String name = hex(utf8(config)) + ".json";
    byte[] good = saved(config, "hostile:1", LAYER);
    byte[] manifest = file("manifest.json", manifest(name, "hostile:1"));
    refused("no saved image", LOAD, LAYER, good);
    refused("an outer path upwards", LOAD, join(file("../x", "x"), good), join(file("x", "x"), good));
    refused("an outer link upwards", LOAD, join(symbolicLink("a/l", "../../x"), good), join(symbolicLink("a/l", "../x"), good));
    refused("an outer device", LOAD, join(member('3', "d", "", ""), good), join(folder("d"), good));
    refused("a name twice", LOAD, join(manifest, good), join(file("other.json", "{}"), good));
    refused("links in a ring", LOAD, tar(symbolicLink("manifest.json", "b"), symbolicLink("b", "manifest.json")), tar(symbolicLink("manifest.json", "b"), file("b", manifest(name, "hostile:1")), file(name, config), file("l", LAYER)));
    refused("a manifest that is no JSON", LOAD, tar(file("manifest.json", "[{")), good);
    refused("a deep manifest", LOAD, tar(file("manifest.json", "[".repeat(100_000))), good);
    refused("a key twice", LOAD, saved(config.replace("\"os\"", "\"os\":\"linux\",\"os\""), "hostile:1", LAYER), good);
    refused("a config that is missing", LOAD, tar(manifest, file("l", LAYER)), good);
    refused("a config that is no JSON", LOAD, saved("{", "hostile:1", LAYER), good);
    refused("a config of another digest", LOAD, tar(manifest, file(name, config.replace("sh\"", "rm\"")), file("l", LAYER)), good);
    refused("a layer that is missing", LOAD, tar(manifest, file(name, config)), good);
    refused("a layer of another digest", LOAD, saved(config(hex(OTHER)), "hostile:2", tar(file("f", "evil"))), saved(config(hex(OTHER)), "hostile:2", OTHER));
    refused("a config of no sha256", LOAD, saved(config("../../../x"), "hostile:1", LAYER), good);
    refused("another system", LOAD, saved(config.replace("linux", "plan9"), "hostile:1", LAYER), good);
    refused("a name that is none", LOAD, saved(config, "../../etc", LAYER), saved(config, "host:5000/etc", LAYER));
    byte[] evil = tar(symbolicLink("l", outside), file("l/f", "x"));
    refused("a hostile layer", LOAD, saved(config(hex(evil)), "hostile:3", evil), good);
    refused("a manifest of 5 MB", LOAD, tar(file("manifest.json", " ".repeat(5_000_000))), good);
  }

  private static String descriptor(String type, byte[] blob, long size) {
    return "{\"mediaType\":\"application/vnd.oci.image." + type + "\",\"digest\":\"sha256:" + hex(blob) + "\",\"size\":" + size + "}";
  }

  private static byte[] blob(byte[] blob) {
    return file("blobs/sha256/" + hex(blob), blob);
  }

  private static byte[] layout(String index, byte[]... blobs) {
    return tar(file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"), file("index.json", index), join(blobs));
  }

  private static void layouts() throws Exception {
    byte[] config = utf8(config(hex(LAYER)));
    String layer = descriptor("layer.v1.tar", LAYER, LAYER.length);
    byte[] manifest = utf8("{\"schemaVersion\":2,\"config\":" + descriptor("config.v1+json", config, config.length) + ",\"layers\":[" + layer + "]}");
    String index = "{\"manifests\":[" + descriptor("manifest.v1+json", manifest, manifest.length) + "]}";
    byte[] good = layout(index, blob(manifest), blob(config), blob(LAYER));
    refused("a blob that is missing", LOAD, layout(index, blob(manifest), blob(config)), good);
    refused("a manifest that is missing", LOAD, layout(index, blob(config), blob(LAYER)), good);
    refused("a blob of another digest", LOAD, layout(index, file("blobs/sha256/" + hex(manifest), new String(manifest, StandardCharsets.UTF_8).replace("2", "3")), blob(config), blob(LAYER)), good);
    refused("a blob of another size", LOAD, layout(index.replaceAll("\"size\":\\d+", "\"size\":1"), blob(manifest), blob(config), blob(LAYER)), good);
    refused("a digest that is a path", LOAD, layout(index.replaceAll("sha256:\\w+", "sha256:../../x")), good);
    refused("no layout", LOAD, tar(file("index.json", index), blob(manifest), blob(config), blob(LAYER)), good);
    refused("no manifests", LOAD, layout("{\"manifests\":[]}"), good);
  }

  private static void requests() throws Exception {
    String good = "{\"Image\":\"busybox\",\"Cmd\":[\"true\"]}";
    json("half a JSON", CREATE, 400, good.substring(0, 20), good);
    json("no object", CREATE, 400, "[1]", good);
    json("a deep JSON", CREATE, 400, "{\"a\":" + "[".repeat(50_000), good);
    json("a number as a command", CREATE, 400, good.replace("\"true\"", "1"), good);
    json("no command", CREATE, 400, "{\"Image\":\"busybox\"}", good);
    json("a body of 5 MB", CREATE, 400, good.replace("true", "x".repeat(5_000_000)), good);
    json("privileges", CREATE, 501, good.replace("}", ",\"HostConfig\":{\"Privileged\":true}}"), good.replace("}", ",\"HostConfig\":{\"Privileged\":false}}"));
    json("a memory limit in words", CREATE, 400, host(good, "\"Memory\":\"512m\""), host(good, "\"Memory\":0"));
    json("a memory limit beyond 64 bits", CREATE, 400, host(good, "\"Memory\":9223372036854775808"), host(good, "\"Memory\":null"));
    json("a number beyond all for something unknown", CREATE, 501, good.replace("}", ",\"X\":1e999999999}"), good.replace("}", ",\"X\":0}"));
    json("half a character", CREATE, 400, good.replace("true", "\\ud83d"), good.replace("true", "\\ud83d\\ude00"));
    json("a variable of 1 MB", CREATE, 400, good.replace("}", ",\"Env\":[\"A=" + "x".repeat(1_000_000) + "\"]}"), good.replace("}", ",\"Env\":[\"A=" + "x".repeat(100_000) + "\"]}"));
    json("a million arguments", CREATE, 400, good.replace("]", ",\"x\"".repeat(900_000) + "]"), good.replace("]", ",\"x\"".repeat(90_000) + "]"));
    json("labels in labels", CREATE, 400, good.replace("}", ",\"Labels\":{\"a\":{}}}"), good.replace("}", ",\"Labels\":{\"a\":\"\"}}"));
    json("a name upwards", CREATE + "?name=..%2f..%2fx", 400, good, good, CREATE + "?name=hostile-twin");
    answers("a version that is too new", "GET /../v9.99/info", 400, "GET /info", 200);
    answers("filters that are no JSON", "GET /images/json?filters=%7B", 400, "GET /images/json?filters=%7B%7D", 200);
    answers("a filter that is unknown", "GET /images/json?filters=%7B%22x%22%3A%5B%22y%22%5D%7D", 400, "GET /images/json?filters=%7B%22label%22%3A%5B%22y%22%5D%7D", 200);
    answers("a filter that is no list", "GET /containers/json?filters=%7B%22label%22%3A%22y%22%7D", 400, "GET /containers/json?filters=%7B%22label%22%3A%5B%22y%22%5D%7D", 200);
    answers("an exit code that is none", "GET /containers/json?filters=%7B%22exited%22%3A%5B%22soon%22%5D%7D", 400, "GET /containers/json?filters=%7B%22exited%22%3A%5B%227%22%5D%7D", 200);
    answers("filters of 1 MB", "GET /containers/json?filters=%7B%22label%22%3A%5B%22" + "y".repeat(1_000_000) + "%22%5D%7D", 414, "GET /containers/json?filters=%7B%22label%22%3A%5B%22" + "y".repeat(4_000) + "%22%5D%7D", 200);
    answers("a time beyond all", "GET /events?until=" + "9".repeat(40), 400, "GET /events?until=1." + "9".repeat(30), 200);
    answers("a limit beyond all", "GET /containers/json?limit=" + "9".repeat(19), 400, "GET /containers/json?limit=" + "9".repeat(18), 200);
    answers("a NUL in a path", "GET /containers/%00/json", 400, "GET /containers/json", 200);
    answers("a pattern that explodes", "GET /images/json?filters=%7B%22reference%22%3A%5B%22" + "*a".repeat(1_000) + "b%22%5D%7D", 200, "GET /images/json", 200);
    answers("an image that is a path", "GET /images/..%2f..%2fetc%2fpasswd/json", 400, "GET /images/hostile:1/json", 200);
    answers("an image that is not there", "GET /images/no/such:thing/json", 404, "GET /images/hostile/json", 200);
    answers("a tag that is none", "POST /images/hostile/tag?repo=UPPER", 400, "POST /images/hostile/tag?repo=lower", 201);
    answers("pulling", "POST /images/create?fromImage=busybox", 501, "GET /images/json", 200);
  }

  private static String host(String request, String setting) {
    return request.replace("}", ",\"HostConfig\":{" + setting + "}}");
  }

  /// What no HTTP client would send.
  private static void wire() throws Exception {
    String twin = "GET /v1.24/_ping HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    raw("a foreign host", twin.replace("Host: 127.0.0.1", "Host: evil.example"), 403, twin);
    raw("a foreign origin", twin.replace("Connection", "Origin: http://evil.example\r\nConnection"), 403, twin);
    raw("two lengths", twin.replace("GET", "POST").replace("Connection", "Content-Length: 1\r\nContent-Length: 2\r\nConnection"), 400, twin);
    raw("a length that is none", twin.replace("Connection", "Content-Length: -1\r\nConnection"), 400, twin);
    raw("a header of 100 kB", twin.replace("Connection", "X: " + "x".repeat(100_000) + "\r\nConnection"), 431, twin);
    raw("no HTTP", "hello\r\n\r\n", 400, twin);
    raw("a chunk that is none", "POST /v1.24/images/load HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n", 400, twin);
  }

  // How it is sent.

  private static void refused(String name, String to, byte[] hostile, byte[] twin) throws Exception {
    insist(name, send(to, hostile, "application/x-tar"), 400);
    insist(name + ": its twin", send(to, twin, "application/x-tar"), 200);
  }

  private static void json(String name, String to, int status, String hostile, String twin) throws Exception {
    json(name, to, status, hostile, twin, to);
  }

  private static void json(String name, String to, int status, String hostile, String twin, String twinTo) throws Exception {
    insist(name, send(to, utf8(hostile), "application/json"), status);
    insist(name + ": its twin", send(twinTo, utf8(twin), "application/json"), 201);
  }

  private static void answers(String name, String hostile, int status, String twin, int twinStatus) throws Exception {
    insist(name, send(hostile, new byte[0], "text/plain"), status);
    insist(name + ": its twin", send(twin, new byte[0], "text/plain"), twinStatus);
  }

  private static HttpResponse<String> send(String to, byte[] body, String type) throws Exception {
    String[] words = to.split(" ", 2);
    String path = words[1].startsWith("/../") ? words[1].substring(3) : "/v1.24" + words[1];
    HttpRequest.BodyPublisher publisher =
        words[0].equals("GET")
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", type)
            .method(words[0], publisher)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static void insist(String name, HttpResponse<String> answer, int status) {
    boolean isError = status >= 400;
    boolean hasMessage = answer.body().startsWith("{\"message\":\"");
    if (answer.statusCode() != status || isError && !hasMessage) {
      System.err.println(name + ": " + answer.statusCode() + " and not " + status + ": " + answer.body());
      System.exit(1);
    }
    if (!name.endsWith(": its twin")) {
      count++;
    }
  }

  private static void raw(String name, String hostile, int status, String twin) throws Exception {
    List<String> answers = new ArrayList<>();
    for (String request : List.of(hostile, twin)) {
      try (Socket socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        InputStream in = socket.getInputStream();
        answers.add(new String(in.readNBytes(12), StandardCharsets.ISO_8859_1));
      }
    }
    if (!answers.get(0).endsWith(" " + status) || !answers.get(1).endsWith(" 200")) {
      System.err.println(name + ": " + answers + " and not " + status);
      System.exit(1);
    }
    count++;
  }
}
