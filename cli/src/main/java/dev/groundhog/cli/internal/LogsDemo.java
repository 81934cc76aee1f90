package dev.groundhog.cli.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The article's story from beginning to end: a container daemon, a silent container, and a client
/// that follows its log and leaves; first as it was, then with the cure.
final class LogsDemo {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration CURED_WITHIN = Duration.ofSeconds(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final String HANDLER = "logsContainer";
  private static final String DUMP = "/debug/pprof/goroutine?debug=2";
  private static final int CONTEXT = 10;
  private static final String LOOP = "while true; do sleep 1; done";
  private static final Pattern ID = Pattern.compile("\"Id\":\"(\\p{XDigit}{64})\"");
  private static final int ID_SHOWN = 12;

  private final PrintWriter out;
  private final Theme theme;
  private final boolean hold;

  LogsDemo(PrintWriter out, Theme theme, boolean hold) {
    this.out = out;
    this.theme = theme;
    this.hold = hold;
  }

  int run() throws Exception {
    boolean leaked = follow("off");
    out.println();
    boolean cured = follow("on");
    return leaked && cured ? CommandLines.OK : CommandLines.LEAK;
  }

  /// @return whether it ended as it should with this switch
  private boolean follow(String closeNotify) throws Exception {
    Path root = Files.createTempDirectory("groundhog-demo-");
    try (ExampleProcess daemon =
            ExampleProcess.start(
                "dev.groundhog.cli.Main",
                "pouchd",
                "--host",
                "tcp://127.0.0.1:0",
                "--data-root",
                root.toString(),
                "--runtime",
                "process",
                "--close-notify",
                closeNotify);
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      String url = daemon.url();
      say(
          closeNotify.equals("off")
              ? "A container daemon as it was, whose handlers don't learn that their client has\n"
                  + "left (PID "
                  + daemon.pid()
                  + "):"
              : "The same daemon with the cure, which is its default (PID " + daemon.pid() + "):");
      String host = url.replace("http", "tcp");
      command(
          Demo.command() + " pouchd --host " + host + " --runtime process",
          "--data-root " + root + " --close-notify " + closeNotify);
      command(Demo.command() + " pouch -H " + host, "run -d busybox sh -c \"" + LOOP + "\"");
      String id = runContainer(http, url);
      out.println("    " + id.substring(0, ID_SHOWN));
      try {
        String logs = url + "/v1.24/containers/" + id + "/logs?stdout=1&follow=1";
        command("curl -m 3 '" + logs.replace(id, id.substring(0, ID_SHOWN)) + "'");
        leave(http, logs);
        out.println("    (nothing: the container prints nothing, and curl leaves after 3 s)");
        command("curl -s '" + url + DUMP + "' | grep -A " + CONTEXT + " " + HANDLER);
        return closeNotify.equals("off") ? showLeak(http, url) : showCure(http, url);
      } finally {
        send(http, "DELETE", url + "/v1.24/containers/" + id + "?force=1", "");
      }
    } finally {
      delete(root);
    }
  }

  private void say(String text) {
    out.println(text);
    out.println();
    out.flush();
  }

  /// Part by part on lines of their own, as a shell takes them.
  private void command(String... parts) {
    out.println(theme.strong("  $ " + String.join(" \\\n      ", parts)));
    out.flush();
  }

  private boolean showLeak(HttpClient http, String url) throws Exception {
    if (!grep(http, url)) {
      say("    nobody: that should not be. Please report it.");
      return false;
    }
    out.println();
    say(
        "The handler follows a silent log for a client that has left, and would do so\n"
            + "for ever. The check for your tests says so:");
    String function = "LogRoutes." + HANDLER;
    command(Demo.command() + " check " + url, "--absent " + function + " | head -n 1");
    boolean isAccused = check(url, function);
    if (!isAccused) {
      out.println("    that should not be. Please report it.");
    }
    out.println();
    out.println("And once a client has been gone for 10 s, without a name:");
    out.println();
    command(Demo.command() + " leaks " + url);
    if (hold) {
      Demo.hold(out);
    } else {
      out.println(
          "    (this daemon is gone by then: `" + Demo.command() + " demo --hold` keeps it)");
    }
    return isAccused;
  }

  /// Shows the first line of what the check says.
  private boolean check(String url, String function) {
    StringWriter said = new StringWriter();
    PrintWriter writer = new PrintWriter(said);
    int code = CommandLines.commandLine(writer, writer).execute("check", url, "--absent", function);
    out.println("    " + said.toString().lines().findFirst().orElse(""));
    return code == CommandLines.LEAK;
  }

  private boolean showCure(HttpClient http, String url) throws Exception {
    boolean isCured = showNobody(http, url);
    say(
        isCured
            ? "    (nothing: the handler ended when its client left)"
            : "    somebody is left: that should not be. Please report it.");
    return isCured;
  }

  /// What the command shows, and with it whether somebody is left.
  private boolean grep(HttpClient http, String url) throws Exception {
    String dump = send(http, "GET", url + DUMP, "");
    List<String> found = withContext(dump.lines().toList());
    found.forEach(line -> out.println("    " + Text.line(line.replace("\t", "        "))));
    return !found.isEmpty();
  }

  /// As `grep -A 10`.
  private static List<String> withContext(List<String> lines) {
    List<String> found = new ArrayList<>();
    int left = 0;
    for (String line : lines) {
      left = line.contains(HANDLER) ? CONTEXT : left - 1;
      if (left >= 0) {
        found.add(line);
      }
    }
    return found;
  }

  private boolean showNobody(HttpClient http, String url) throws Exception {
    long end = System.nanoTime() + CURED_WITHIN.toNanos();
    while (send(http, "GET", url + DUMP, "").contains(HANDLER) && System.nanoTime() < end) {
      Thread.sleep(BETWEEN_LOOKS);
    }
    return !grep(http, url);
  }

  private static String runContainer(HttpClient http, String url) throws Exception {
    String created =
        send(
            http,
            "POST",
            url + "/v1.24/containers/create",
            "{\"Image\":\"busybox\",\"Cmd\":[\"sh\",\"-c\",\"" + LOOP + "\"]}");
    Matcher id = ID.matcher(created);
    if (!id.find()) {
      throw new IOException("no container was made: " + created);
    }
    send(http, "POST", url + "/v1.24/containers/" + id.group(1) + "/start", "");
    return id.group(1);
  }

  private static String send(HttpClient http, String method, String url, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /// Follows, and loses patience.
  private static void leave(HttpClient http, String url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    InputStream body = http.send(request, HttpResponse.BodyHandlers.ofInputStream()).body();
    Thread.sleep(PATIENCE);
    body.close();
  }

  private static void delete(Path root) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(
              Path folder, @org.jspecify.annotations.Nullable IOException e) throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
