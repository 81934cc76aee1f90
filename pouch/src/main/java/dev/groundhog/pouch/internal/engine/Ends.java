package dev.groundhog.pouch.internal.engine;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Sees the files appear that tell how containers ended, with one thread for all. Every few seconds
/// it looks by itself too, should the kernel have lost a word.
final class Ends implements Closeable {
  private static final int LOOK_SECONDS = 5;

  private final Path folder;
  private final WatchService service;
  private Consumer<String> ended = _ -> {};
  private Runnable regularly = () -> {};

  private Ends(Path folder, WatchService service) {
    this.folder = folder;
    this.service = service;
  }

  static Ends in(Path folder) throws IOException {
    WatchService service = folder.getFileSystem().newWatchService();
    folder.register(service, StandardWatchEventKinds.ENTRY_CREATE);
    return new Ends(folder, service);
  }

  /// @param ended told of ids whose file is there, again and again if need be
  /// @param regularly called every few seconds, by the same thread
  void start(Consumer<String> ended, Runnable regularly) {
    this.ended = ended;
    this.regularly = regularly;
    lookAtAll();
    regularly.run();
    Thread.ofPlatform().daemon().name("pouch-ends").start(this::loop);
  }

  /// One that may have ended before anybody asked.
  void look(String id) {
    if (Files.exists(folder.resolve(id))) {
      ended.accept(id);
    }
  }

  private void loop() {
    long last = System.nanoTime();
    try {
      while (true) {
        WatchKey key = service.poll(LOOK_SECONDS, TimeUnit.SECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
        }
        lookAtAll();
        if (System.nanoTime() - last > TimeUnit.SECONDS.toNanos(LOOK_SECONDS)) {
          regularly.run();
          last = System.nanoTime();
        }
      }
    } catch (ClosedWatchServiceException | InterruptedException _) {
      // the daemon ends
    }
  }

  private void lookAtAll() {
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .forEach(ended);
    } catch (IOException | java.io.UncheckedIOException e) {
      System.getLogger(Ends.class.getName())
          .log(System.Logger.Level.WARNING, "ends of containers are not seen", e);
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
