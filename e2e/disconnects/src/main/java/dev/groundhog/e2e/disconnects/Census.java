package dev.groundhog.e2e.disconnects;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a process has, counted from outside: by the kernel and by `jcmd`.
///
/// @param threads all, virtual ones too
/// @param descriptors all that are open
/// @param watches what its epoll descriptors watch
/// @param objects how many live objects there are of each of our classes
record Census(int threads, int descriptors, int watches, Map<String, Long> objects) {
  private static final String OURS = "dev.groundhog.";

  static Census of(long pid) throws IOException, InterruptedException {
    Path process = Path.of("/proc", Long.toString(pid));
    // First of all the objects, since counting them collects what nobody holds any more.
    Map<String, Long> objects = objects(pid);
    return new Census(threads(pid), names(process.resolve("fd")).size(), watches(process), objects);
  }

  /// What is not as it was, in words; empty if nothing is.
  String since(Census before) {
    StringBuilder more = new StringBuilder();
    more(more, "threads", threads, before.threads);
    more(more, "descriptors", descriptors, before.descriptors);
    more(more, "watches", watches, before.watches);
    objects.forEach(
        (name, count) -> more(more, name, count, before.objects.getOrDefault(name, 0L)));
    return more.toString();
  }

  private static void more(StringBuilder text, String what, long now, long before) {
    if (now > before) {
      text.append(what).append(": ").append(before).append(" before, ").append(now).append("; ");
    }
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

  private static int threads(long pid) throws IOException, InterruptedException {
    Path file = Files.createTempFile("threads", ".txt");
    jcmd(pid, "Thread.dump_to_file", "-overwrite", file.toString());
    try (Stream<String> lines = Files.lines(file)) {
      return Math.toIntExact(lines.filter(line -> line.startsWith("#")).count());
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

  private static int watches(Path process) throws IOException {
    int watches = 0;
    Path infos = process.resolve("fdinfo");
    for (String descriptor : names(infos)) {
      try (Stream<String> lines = Files.lines(infos.resolve(descriptor))) {
        watches += Math.toIntExact(lines.filter(line -> line.startsWith("tfd:")).count());
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
