package dev.groundhog.e2e.disconnects;

import dev.groundhog.e2e.disconnects.PouchApi.By;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What clients of a container daemon ask for and don't wait for: they hang up at a random moment.
///
/// @param container runs, has its input open, and prints nothing
/// @param archive has [#IMAGE]
/// @param mark `NAME=VALUE`, in the environment of all containers
/// @param begun gets what is to be done also when its client has left
record Work(PouchApi api, String container, Path archive, String mark, Queue<Begun> begun) {
  static final String IMAGE = "loaded:latest";

  /// Of containers that are made here.
  static final String LABEL = "work";

  /// Of those that have nothing to do once their client has left.
  static final String SOON = "soon";

  private static final String INPUT_ONCE =
      "\"AttachStdin\":true,\"OpenStdin\":true,\"StdinOnce\":true";
  private static final String STREAMS = "stream=1&stdin=1&stdout=1&stderr=1";
  private static final List<String> READ = List.of("cat");
  private static final List<String> SHORT = List.of("sleep", "0.3");
  private static final List<String> LONG = List.of("sleep", "1000");
  private static final List<String> DEAF =
      List.of("sh", "-c", "trap '' TERM; while true; do sleep 0.1; done");

  /// So many milliseconds at most, and each power of two of them as often: most work is short.
  private static final int LOG_MILLIS = 9;

  /// After so many milliseconds the daemon has read for certain what was written to it.
  private static final int READ_MILLIS = 100;

  private static final byte[] TYPED = "typed\n".getBytes(StandardCharsets.US_ASCII);

  /// One thing that is asked for.
  enum Kind {
    EXEC_WITH_INPUT,
    EXEC,
    ATTACH_WITH_INPUT,
    ATTACH,
    CREATE,
    START,
    RUN,
    STOP,
    LOAD
  }

  void begin(Kind kind, By by, SplittableRandom dice) throws IOException, InterruptedException {
    switch (kind) {
      case EXEC_WITH_INPUT -> exec(by, dice, api.exec(container, true, "cat"), TYPED);
      case EXEC -> exec(by, dice, api.exec(container, false, "sleep", "0.3"), new byte[0]);
      case ATTACH_WITH_INPUT -> attach(by, dice, STREAMS, TYPED);
      case ATTACH -> attach(by, dice, "stream=1&stdout=1&stderr=1", new byte[0]);
      case CREATE -> create(by, dice);
      case START -> start(by, dice);
      case RUN -> run(by, dice);
      case STOP -> stop(by, dice);
      case LOAD -> load(by, dice);
    }
  }

  /// Of a container to be made.
  static String settings(String mark, String... labels) {
    return Stream.of(labels)
        .map(label -> "\"" + label + "\":\"\"")
        .collect(Collectors.joining(",", "\"Labels\":{", "},\"Env\":[\"" + mark + "\"]"));
  }

  /// The same by docker's command line, which is killed.
  void beginAndBeKilled(Kind kind, String docker, String host, SplittableRandom dice)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(docker, "-H", host));
    command.addAll(typed(kind, dice));
    Process client =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start(); // its input stays open
    try {
      pass(dice);
    } finally {
      client.destroyForcibly().waitFor();
    }
  }

  private List<String> typed(Kind kind, SplittableRandom dice) throws IOException {
    return switch (kind) {
      case EXEC_WITH_INPUT -> List.of("exec", "-i", container, "cat");
      case EXEC -> List.of("exec", container, "sleep", "0.3");
      case ATTACH_WITH_INPUT -> List.of("attach", container);
      case ATTACH -> List.of("attach", "--no-stdin", container);
      case CREATE -> List.of("create", "--label", LABEL, "-e", mark, "busybox", "true");
      case START ->
          List.of("start", "-a", "-i", api.create(READ, settings(mark, LABEL, SOON), INPUT_ONCE));
      case RUN ->
          List.of("run", "-i", "--label", LABEL, "--label", SOON, "-e", mark, "busybox", "cat");
      case STOP -> List.of("stop", "-t", "1", started(dice.nextBoolean()));
      case LOAD -> List.of("load", "-i", archive.toString());
    };
  }

  private String started(boolean isDeaf) throws IOException {
    String id = api.create(isDeaf ? DEAF : LONG, settings(mark, LABEL));
    api.start(id);
    return id;
  }

  private void create(By by, SplittableRandom dice) throws IOException, InterruptedException {
    String name = LABEL + Long.toUnsignedString(dice.nextLong());
    String json = PouchApi.container(SHORT, settings(mark, LABEL));
    ask(by, dice, "/containers/create?name=" + name, json, Begun.create(name));
  }

  private void start(By by, SplittableRandom dice) throws IOException, InterruptedException {
    String id = api.create(SHORT, settings(mark, LABEL, SOON));
    ask(by, dice, "/containers/" + id + "/start", "", Begun.start(id));
  }

  private void stop(By by, SplittableRandom dice) throws IOException, InterruptedException {
    String id = started(dice.nextBoolean());
    ask(by, dice, "/containers/" + id + "/stop?t=1", "", Begun.stop(id));
  }

  private void ask(By by, SplittableRandom dice, String path, String json, Begun asked)
      throws IOException, InterruptedException {
    try (Client client = api.connect(by)) {
      client.write(PouchApi.request("POST", path, json));
      if (pass(dice)) {
        begun.add(asked);
      }
      leave(client, by, dice);
    }
  }

  private void exec(By by, SplittableRandom dice, String exec, byte[] input)
      throws IOException, InterruptedException {
    try (Client client = api.connect(by)) {
      client.write(
          PouchApi.hijacking("/exec/" + exec + "/start", "{\"Detach\":false,\"Tty\":false}"));
      client.write(input);
      pass(dice);
      leave(client, by, dice);
    }
  }

  private void attach(By by, SplittableRandom dice, String query, byte[] input)
      throws IOException, InterruptedException {
    try (Client client = api.connect(by)) {
      client.write(PouchApi.hijacking("/containers/" + container + "/attach?" + query, ""));
      client.write(input);
      pass(dice);
      reset(client, by);
    }
  }

  /// As `docker run -i` does it.
  private void run(By by, SplittableRandom dice) throws IOException, InterruptedException {
    String id = api.create(READ, settings(mark, LABEL, SOON), INPUT_ONCE);
    try (Client attached = api.connect(by);
        Client starting = api.connect(by)) {
      attached.write(PouchApi.hijacking("/containers/" + id + "/attach?" + STREAMS, ""));
      attached.read(answer -> answer.contains("\r\n\r\n"));
      attached.write(TYPED);
      starting.write(PouchApi.request("POST", "/containers/" + id + "/start", ""));
      pass(dice);
      reset(attached, by);
      leave(starting, by, dice);
    }
  }

  /// Amid the upload, which then is cut off, or after it: a load is given up with its client, and
  /// the image is there as a whole or not at all.
  private void load(By by, SplittableRandom dice) throws IOException, InterruptedException {
    byte[] all = Files.readAllBytes(archive);
    boolean isWhole = dice.nextBoolean();
    byte[] sent = Arrays.copyOf(all, isWhole ? all.length : dice.nextInt(all.length));
    try (Client client = api.connect(by)) {
      client.write(
          Client.request(
              "POST",
              "/v1.24/images/load",
              "Content-Type: application/x-tar",
              "Content-Length: " + all.length));
      client.write(sent);
      pass(dice);
      leave(client, by, dice);
    }
  }

  /// @return whether what was written before has been read
  private static boolean pass(SplittableRandom dice) throws InterruptedException {
    int millis = dice.nextInt(1 << dice.nextInt(1, LOG_MILLIS + 1));
    Thread.sleep(Duration.ofMillis(millis));
    return millis >= READ_MILLIS;
  }

  private static void leave(Client client, By by, SplittableRandom dice) throws IOException {
    if (dice.nextBoolean()) {
      reset(client, by);
    }
  }

  /// Over TCP. To close in silence looks like the end of what is typed, for a minute.
  private static void reset(Client client, By by) throws IOException {
    if (by == By.TCP) {
      client.reset();
    }
  }
}
