package dev.groundhog.e2e.libraries;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/// One KRaft node, broker and controller, in a process of its own: its threads are not on trial.
/// Its folder goes with it.
final class KafkaBroker implements AutoCloseable {
  private static final int WAIT_SECONDS = 90;

  private final Path folder;
  private final int port;
  private final Process process;

  /// Returns once it answers.
  ///
  /// @throws IOException if it does not within 90 s; the message says what it wrote
  KafkaBroker() throws Exception {
    folder = Files.createTempDirectory("kafka-");
    port = freePort();
    Path settings = settings(freePort());
    int formatted =
        java(
                "kafka.tools.StorageTool",
                "format",
                "--standalone",
                "-t",
                Uuid.randomUuid().toString(),
                "-c",
                settings.toString())
            .waitFor();
    if (formatted != 0) {
      throw new IOException("the broker's folder was not made: " + log());
    }
    process = java("kafka.Kafka", settings.toString());
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "end-of-broker"));
    awaitAnswer();
  }

  String address() {
    return InetAddress.getLoopbackAddress().getHostAddress() + ":" + port;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Path settings(int controllerPort) throws IOException {
    String host = InetAddress.getLoopbackAddress().getHostAddress();
    return Files.writeString(
        folder.resolve("server.properties"),
        """
        process.roles=broker,controller
        node.id=1
        listeners=PLAINTEXT://%1$s:%2$d,CONTROLLER://%1$s:%3$d
        advertised.listeners=PLAINTEXT://%1$s:%2$d,CONTROLLER://%1$s:%3$d
        controller.listener.names=CONTROLLER
        controller.quorum.bootstrap.servers=%1$s:%3$d
        log.dirs=%4$s
        offsets.topic.replication.factor=1
        offsets.topic.num.partitions=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        group.initial.rebalance.delay.ms=0
        """
            .formatted(host, port, controllerPort, folder.resolve("data")));
  }

  private Process java(String main, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                main));
    command.addAll(List.of(arguments));
    File log = folder.resolve("log").toFile();
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
  }

  private void awaitAnswer() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address()))) {
      admin.describeCluster().nodes().get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      close();
      throw new IOException("the broker does not answer: " + log(), e);
    }
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
