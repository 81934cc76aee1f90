package dev.groundhog.cli.internal;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds the source of a frame in a checkout. A frame knows a path of the machine that built it, or
/// only a package and a file's name; the file meant is the one whose path ends most like that.
final class SourceFiles {
  private static final int MAX_FILES = 200_000;
  private static final int MAX_DEPTH = 40;

  /// Folders that hold no sources, or copies of them.
  private static final Set<String> PASSED_OVER =
      Set.of(".git", "node_modules", "target", "build", ".gradle");

  private final Path root;
  private final Map<String, List<Path>> named = new HashMap<>();

  /// Walks once, for what can be one of `paths`, whose parts are separated by `/`.
  SourceFiles(Path root, Collection<String> paths) {
    this.root = root;
    paths.forEach(path ->
        parts(path).stream()
            .reduce((_, last) -> last)
            .ifPresent(name -> named.put(name, new ArrayList<>())));
    if (!named.isEmpty()) {
      walk();
    }
  }

  /// The file below the root that ends most like `path`, which is one of those that were given;
  /// relative to the root. Empty if there is none, or if several are equally like it.
  Optional<Path> find(String path) {
    List<String> wanted = parts(path);
    List<Path> candidates =
        wanted.isEmpty() ? List.of() : named.getOrDefault(wanted.getLast(), List.of());
    List<Path> best = new ArrayList<>();
    int bestLength = 1;
    for (Path candidate : candidates) {
      int length = commonEnd(candidate, wanted);
      if (length > bestLength) {
        best.clear();
        bestLength = length;
      }
      if (length == bestLength) {
        best.add(candidate);
      }
    }
    return best.size() == 1 ? Optional.of(best.getFirst()) : Optional.empty();
  }

  /// None of `/`.
  private static List<String> parts(String path) {
    return List.of(path.split("/"));
  }

  private static int commonEnd(Path path, List<String> wanted) {
    int length = 0;
    while (length < Math.min(path.getNameCount(), wanted.size())
        && path.getName(path.getNameCount() - 1 - length)
            .toString()
            .equals(wanted.get(wanted.size() - 1 - length))) {
      length++;
    }
    return length;
  }

  private void walk() {
    try {
      Files.walkFileTree(
          root,
          Set.of(),
          MAX_DEPTH,
          new SimpleFileVisitor<>() {
            private int visited;

            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              boolean skipped =
                  !folder.equals(root) && PASSED_OVER.contains(folder.getFileName().toString());
              return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              List<Path> found = named.get(file.getFileName().toString());
              if (found != null) {
                found.add(root.relativize(file));
              }
              return ++visited < MAX_FILES ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      named.clear(); // a mark in a pull request is a courtesy: without sources there is none
    }
  }
}
