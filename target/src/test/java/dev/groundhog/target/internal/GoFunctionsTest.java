package dev.groundhog.target.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.groundhog.leak.FunctionPattern;
import dev.groundhog.leak.KnownFunctions;
import dev.groundhog.target.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is known of a Go server, by its address.
class GoFunctionsTest {
  private static final String PROXY =
      """
      package main

      import (
      	"fmt"
      	"net"
      	"net/http"
      	"net/http/httputil"
      	"net/url"
      	"os"
      )

      func main() {
      	to, err := url.Parse("http://" + os.Args[1])
      	if err != nil {
      		panic(err)
      	}
      	l, err := net.Listen("tcp", "127.0.0.1:0")
      	if err != nil {
      		panic(err)
      	}
      	fmt.Println(l.Addr())
      	panic(http.Serve(l, httputil.NewSingleHostReverseProxy(to)))
      }
      """;

  @TempDir Path folder;
  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void endAll() {
    started.forEach(Process::destroyForcibly);
    started.forEach(process -> process.onExit().join());
  }

  @Test
  void aFunctionThatTheProgramDoesNotHaveIsStale() throws Exception {
    List<String> toolchains = GoProgram.toolchains();
    assumeTrue(!toolchains.isEmpty(), "no go on the path");
    for (String toolchain : toolchains) {
      Path program = GoProgram.build(folder, toolchain, GoProgram.SERVER, "-ldflags=-s -w");
      String address = start(program.toString());
      for (String form : List.of("", "/debug/pprof/goroutine?debug=1", "/debug/pprof/goroutine")) {
        KnownFunctions known = known("http://" + address + form);
        assertThat(known.isComplete(FunctionPattern.parse("main.main")))
            .as(toolchain + form)
            .isTrue();
        assertThat(known.knows(pattern("handler.logsContainer"))).isTrue();
        assertThat(known.knows(pattern("main.squareOf"))).isTrue();
        assertThat(known.knows(pattern("Cache.fetchEntry"))).isTrue();
        assertThat(known.knows(pattern("handler.logsContianer"))).isFalse();
        assertThat(known.nearest(pattern("handler.logsContianer")))
            .contains("handler.logsContainer");
        assertThat(known.knows(pattern("/no.such.function/"))).isFalse();
      }
    }
  }

  @Test
  void aProxyDoesNotSpeakForTheServerBehindIt() throws Exception {
    assumeTrue(!GoProgram.toolchains().isEmpty(), "no go on the path");
    String behind = start(GoProgram.build(folder, "local", GoProgram.SERVER).toString());
    String proxy = start(GoProgram.build(folder, "local", PROXY).toString(), behind);
    assertThat(known(behind).isComplete(FunctionPattern.parse("main.main"))).isTrue();
    assertThat(known(proxy).isComplete(FunctionPattern.parse("main.main"))).isFalse();
    assertThat(known(proxy).knows(pattern("Cache.fetchEntry"))).isTrue();
  }

  private KnownFunctions known(String spec) throws Exception {
    Target target = Target.of(spec);
    return target.knownFunctions(target.dumps().getLast());
  }

  private static FunctionPattern pattern(String name) {
    return FunctionPattern.parse(name);
  }

  private String start(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    started.add(process);
    return process.inputReader().readLine();
  }
}
