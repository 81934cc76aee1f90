package dev.groundhog.e2e.disconnects;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a process has, counted from outside: by the kernel and by `jcmd`.
///
/// @param threads all, virtual ones too, by their lines in a dump
/// @param descriptors all that are open, with what they are
/// @param watches what its epoll and inotify descriptors watch
/// @param objects how many live objects there are of each of our classes
record Census(
    List<String> threads,
    List<String> descriptors,
    List<String> watches,
    Map<String, Long> objects) {
  private static final String OURS = "dev.groundhog.";
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /// The JDK's own that are bounded, and stay for a minute after they were used.
  private static final List<String> JDK_POOLS = List.of("\"process reaper\"", "\"ForkJoinPool-");

  /// What must not be there at all once nobody asks.
  private static final List<String> OF_REQUESTS =
      List.of(
          "context.CancellableContext",
          "context.ClientRequest",
          "context.InterruptedCall",
          "context.Links$Action",
          "context.internal.EpollWatches$OfDescriptor");

  /// What is kept of the past, or for later use, up to a bound, which is told here.
  private static final Map<String, Long> BOUNDED =
      Map.of("context.internal.Scratch", 9L, "pouch.internal.engine.Event", 4_096L);

  static Census of(long pid) throws IOException, InterruptedException {
    Path process = Path.of("/proc", Long.toString(pid));
    // First of all the objects, since counting them collects what nobody holds any more.
    Map<String, Long> objects = objects(pid);
    return new Census(threads(pid), descriptors(process), watches(process), objects);
  }

  /// What a process still has, once nobody asks, that it had not before, when it has had this time
  /// to end it; in words, empty if nothing is left.
  static String left(long pid, Census before, Duration within)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + within.toNanos();
    while (true) {
      Census now = of(pid);
      String left = now.since(before) + now.ofRequests();
      long more = end - System.nanoTime();
      if (left.isEmpty() || more <= 0) {
        return left;
      }
      Thread.sleep(Duration.ofNanos(Math.min(more, BETWEEN_LOOKS.toNanos())));
    }
  }

  private String ofRequests() {
    StringBuilder text = new StringBuilder();
    for (String name : OF_REQUESTS) {
      if (count(name) > 0) {
        text.append(count(name)).append(' ').append(name).append("; ");
      }
    }
    return text.toString();
  }

  /// How many requests are under way.
  long requests() {
    return count("context.ClientRequest");
  }

  private long count(String name) {
    return objects.getOrDefault(name, 0L);
  }

  /// How many bytes of the heap are in use after a full collection.
  static long liveBytes(long pid) throws IOException, InterruptedException {
    // `Total         12345        1234567`
    return jcmd(pid, "GC.class_histogram").stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length == 3 && fields[0].equals("Total"))
        .mapToLong(fields -> Long.parseLong(fields[2]))
        .findAny()
        .orElseThrow(() -> new IOException("jcmd tells no total"));
  }

  /// What is not as it was, in words; empty if nothing is.
  String since(Census before) {
    StringBuilder more = new StringBuilder();
    more(more, "threads", threads, before.threads);
    more(more, "descriptors", descriptors, before.descriptors);
    more(more, "watches", watches, before.watches);
    objects.forEach((name, now) -> {
      long then = Math.max(before.count(name), BOUNDED.getOrDefault(name, 0L));
      // A lambda that captures nothing is there once, from its first use on.
      if (now > then && (now > 1 || !name.contains("$$Lambda"))) {
        more.append(change(name, then, now)).append("; ");
      }
    });
    return more.toString();
  }

  /// Fewer of one and more of another are as many: the JDK's own come and go.
  private static void more(StringBuilder text, String what, List<String> now, List<String> then) {
    if (now.size() > then.size()) {
      List<String> added = new ArrayList<>(now);
      then.forEach(added::remove);
      text.append(change(what, then.size(), now.size())).append(' ').append(added).append("; ");
    }
  }

  private static String change(String what, long then, long now) {
    return what + ": " + then + " before, " + now;
  }

  /// The kernel's ids of the threads that have this name, of which it keeps 15 characters.
  static Set<String> threadsNamed(long pid, String name) throws IOException {
    Set<String> found = new TreeSet<>();
    Path tasks = Path.of("/proc", Long.toString(pid), "task");
    for (String task : names(tasks)) {
      try {
        String command = Files.readString(tasks.resolve(task).resolve("comm")).strip();
        if (command.equals(name.substring(0, Math.min(15, name.length())))) {
          found.add(task);
        }
      } catch (IOException _) {
        // it has ended
      }
    }
    return found;
  }

  private static List<String> threads(long pid) throws IOException, InterruptedException {
    Path file = Files.createTempFile("threads", ".txt");
    jcmd(pid, "Thread.dump_to_file", "-overwrite", file.toString());
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("#"))
          .filter(line -> JDK_POOLS.stream().noneMatch(line::contains))
          .toList();
    } finally {
      Files.delete(file);
    }
  }

  private static Map<String, Long> objects(long pid) throws IOException, InterruptedException {
    // `   1:         12345        1234567  java.lang.String (java.base@25)`
    return jcmd(pid, "GC.class_histogram").stream()
        .map(line -> line.strip().split("\\s+"))
        .filter(fields -> fields.length >= 4 && fields[3].startsWith(OURS))
        .filter(fields -> !fields[3].startsWith(OURS + "e2e."))
        .collect(
            Collectors.toMap(
                fields -> fields[3].substring(OURS.length()),
                fields -> Long.parseLong(fields[1]),
                Long::sum,
                TreeMap::new));
  }

  private static List<String> descriptors(Path process) throws IOException {
    List<String> descriptors = new ArrayList<>();
    Path links = process.resolve("fd");
    for (String descriptor : names(links)) {
      try {
        descriptors.add(descriptor + " " + Files.readSymbolicLink(links.resolve(descriptor)));
      } catch (NoSuchFileException _) {
        // closed since
      }
    }
    return descriptors;
  }

  private static List<String> watches(Path process) throws IOException {
    List<String> watches = new ArrayList<>();
    Path infos = process.resolve("fdinfo");
    for (String descriptor : names(infos)) {
      try (Stream<String> lines = Files.lines(infos.resolve(descriptor))) {
        lines
            .filter(line -> line.startsWith("tfd:") || line.startsWith("inotify "))
            .forEach(line -> watches.add("by " + descriptor + " " + line.strip()));
      } catch (NoSuchFileException _) {
        // closed since
      }
    }
    return watches;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.map(path -> path.getFileName().toString()).toList();
    }
  }

  private static List<String> jcmd(long pid, String... command)
      throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(
                Stream.concat(Stream.of(jcmd, Long.toString(pid)), Stream.of(command)).toList())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      List<String> output = lines.lines().toList();
      if (process.waitFor() != 0) {
        throw new IOException(String.join("\n", output));
      }
      return output;
    }
  }
}
