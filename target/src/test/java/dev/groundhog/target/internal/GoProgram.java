package dev.groundhog.target.internal;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Real Go programs, built by the Go on the path or by one of the toolchains in `GROUNDHOG_TEST_GO`
/// (`go1.27.2`, divided by blanks).
public final class GoProgram {
  /// A server that serves `net/http/pprof`, prints its address, and has functions of each kind:
  /// generic, with a receiver, a closure, inlined everywhere.
  public static final String SERVER =
      """
      package main

      import (
      	"fmt"
      	"net"
      	"net/http"
      	_ "net/http/pprof"
      	"os"
      )

      type Cache[T any] struct{ v T }

      func (c *Cache[T]) fetchEntry(ch chan T) { <-ch }

      type handler struct{ ch chan int }

      func (h *handler) logsContainer() { <-h.ch }

      func squareOf(a int) int { return a*a + 3 }

      func main() {
      	ch := make(chan int)
      	go (&Cache[int]{squareOf(len(os.Args))}).fetchEntry(ch)
      	go func() { <-ch }()
      	h := &handler{ch}
      	l, err := net.Listen("tcp", "127.0.0.1:0")
      	if err != nil {
      		panic(err)
      	}
      	fmt.Println(l.Addr())
      	http.HandleFunc("/logs", func(w http.ResponseWriter, r *http.Request) { h.logsContainer() })
      	http.HandleFunc("/end", func(w http.ResponseWriter, r *http.Request) { h.ch <- 1 })
      	panic(http.Serve(l, nil))
      }
      """;

  private GoProgram() {}

  /// `local` for the Go on the path, then the others; none if there is no Go.
  public static List<String> toolchains() {
    if (command().isEmpty()) {
      return List.of();
    }
    List<String> all = new ArrayList<>(List.of("local"));
    String others = System.getenv().getOrDefault("GROUNDHOG_TEST_GO", "");
    Stream.of(others.split("\\s+")).filter(name -> !name.isEmpty()).forEach(all::add);
    return all;
  }

  /// Builds `source` in a folder of its own under `folder`.
  public static Path build(Path folder, String toolchain, String source, String... arguments)
      throws IOException, InterruptedException {
    Path module = Files.createTempDirectory(folder, "go");
    Files.writeString(module.resolve("main.go"), source);
    Files.writeString(module.resolve("go.mod"), "module waiter\n\ngo 1.18\n");
    List<String> line = new ArrayList<>();
    line.add(command().orElseThrow().toString());
    line.addAll(List.of("build", "-o", "program"));
    line.addAll(List.of(arguments));
    line.add(".");
    ProcessBuilder build = new ProcessBuilder(line).directory(module.toFile()).inheritIO();
    build.environment().putIfAbsent("HOME", folder.toString());
    build.environment().put("GOTOOLCHAIN", toolchain);
    build.environment().put("GOFLAGS", "-mod=mod");
    build.environment().put("CGO_ENABLED", "0");
    if (build.start().waitFor() != 0) {
      throw new IOException("go build failed with " + toolchain);
    }
    return module.resolve("program");
  }

  private static Optional<Path> command() {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(place -> Path.of(place, "go"))
        .filter(Files::isExecutable)
        .findFirst();
  }
}
