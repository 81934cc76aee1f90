package dev.groundhog.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// In JVMs of their own, whose options decide what may be called.
class NativeAccessTest {

  /// Watches a channel as a server does that doesn't block on it.
  static final class Program {
    /// A connection whose client leaves in a moment.
    private static SocketChannel accept(ServerSocketChannel listening) throws IOException {
      SocketChannel client = SocketChannel.open(listening.getLocalAddress());
      CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS)
          .execute(() -> Processes.closeQuietly(client));
      return listening.accept();
    }

    public static void main(String[] args) throws Exception {
      Disconnects.cancelling();
      Disconnects.labelling();
      Semaphore gone = new Semaphore(0);
      try (ServerSocketChannel listening =
              ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
          SocketChannel server = accept(listening)) {
        server.configureBlocking(false);
        DisconnectWatcher watcher = DisconnectWatcher.shared();
        watcher.watch(
            new Peer.OfQuietChannel(server, () -> true), Peer.EndOfInput.GONE, gone::release);
        System.out.println(gone.tryAcquire(10, TimeUnit.SECONDS) ? "noticed" : "not noticed");
        System.out.println("missing: " + watcher.missing());
      }
    }
  }

  @Test
  void withItNothingIsMissing() throws Exception {
    assertThat(outputOf("--enable-native-access=ALL-UNNAMED"))
        .contains("noticed")
        .endsWith("missing: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--illegal-native-access=warn",
        "--illegal-native-access=deny",
        "-Dos.name=Mac OS X"
      })
  void withoutItThereIsTheSelectorAndOneLineThatSaysSo(String option) throws Exception {
    List<String> output = outputOf(option);
    assertThat(output).contains("noticed");
    assertThat(output.getLast()).contains("is seen only on writing: ");
    assertThat(output).filteredOn(line -> line.contains("restricted")).isEmpty();
    assertThat(output).filteredOn(line -> line.startsWith("WARNING: where a server")).hasSize(1);
  }

  private static List<String> outputOf(String option)
      throws IOException, InterruptedException, URISyntaxException {
    List<String> classPath = new ArrayList<>();
    for (Class<?> type :
        List.of(Context.class, dev.groundhog.mark.Labels.class, NativeAccessTest.class)) {
      classPath.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    classPath.add(Path.of("target", "test-classes").toAbsolutePath().toString());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                option,
                "-cp",
                String.join(File.pathSeparator, classPath),
                Program.class.getName())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output.lines().toList();
  }
}
