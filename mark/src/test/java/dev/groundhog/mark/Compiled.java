package dev.groundhog.mark;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// A program in a folder, compiled by a real javac which has the processor on its class path, as a
/// program has that depends on this module.
public final class Compiled {
  private final Path sources;
  private final Path classes;
  private String said = "";

  public Compiled(Path folder) throws IOException {
    sources = Files.createDirectory(folder.resolve("sources"));
    classes = Files.createDirectory(folder.resolve("classes"));
  }

  /// Writes a source file; `file` is `acme/Server.java`.
  public Compiled write(String file, String text) throws IOException {
    Path path = sources.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
    return this;
  }

  /// Compiles these files; says whether that went well.
  public boolean javac(String... files) throws IOException, URISyntaxException {
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    String ours =
        Path.of(LeakProne.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            .toString();
    List<String> options =
        new ArrayList<>(List.of("-proc:full", "-Xlint:all,-path", "-d", classes.toString()));
    boolean isModule = List.of(files).contains("module-info.java");
    options.addAll(
        List.of(isModule ? "--module-path" : "-cp", ours + (isModule ? "" : ":" + classes)));
    if (isModule) {
      options.addAll(List.of("--processor-path", ours));
    }
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager manager = javac.getStandardFileManager(null, null, null)) {
      List<Path> paths = List.of(files).stream().map(sources::resolve).toList();
      boolean went =
          javac
              .getTask(
                  messages,
                  manager,
                  null,
                  options,
                  null,
                  manager.getJavaFileObjectsFromPaths(paths))
              .call();
      said = messages.toString();
      return went;
    }
  }

  /// What javac said last.
  public String said() {
    return said;
  }

  public Path classes() {
    return classes;
  }

  /// The lines of the index; empty if there is none.
  public Optional<List<String>> index() throws IOException {
    Path file = classes.resolve(LeakProneIndex.RESOURCE);
    return Files.exists(file) ? Optional.of(Files.readAllLines(file)) : Optional.empty();
  }

  /// The functions of the index with their reasons.
  public Map<String, String> marked() throws IOException {
    Map<String, String> marked = new TreeMap<>();
    for (String line : index().orElse(List.of())) {
      if (!line.startsWith("#")) {
        String[] parts = line.split("\t", 2);
        marked.put(parts[0], parts.length == 2 ? parts[1] : "");
      }
    }
    return marked;
  }
}
