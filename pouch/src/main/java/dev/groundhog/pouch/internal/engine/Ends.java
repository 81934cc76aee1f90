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

/// Sees the files appear that tell how processes ended, with one thread for all. Every few seconds
/// it looks by itself too, should the kernel have lost a word.
final class Ends implements Closeable {
  private static final System.Logger LOG = System.getLogger(Ends.class.getName());
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
    try {
      folder.register(service, StandardWatchEventKinds.ENTRY_CREATE);
      return new Ends(folder, service);
    } catch (IOException e) {
      service.close();
      throw e;
    }
  }

  /// @param ended told of ids whose file is there, again and again if need be
  /// @param regularly called every few seconds, by the same thread
  void start(Consumer<String> ended, Runnable regularly) {
    this.ended = ended;
    this.regularly = regularly;
    Thread.ofPlatform().daemon().name("pouch-ends").start(this::loop);
  }

  /// One that may have ended before anybody asked.
  void look(String id) {
    if (Files.exists(folder.resolve(id))) {
      ended.accept(id);
    }
  }

  private void loop() {
    try {
      lookAtAll(true);
      long last = System.nanoTime();
      while (true) {
        WatchKey key = service.poll(LOOK_SECONDS, TimeUnit.SECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
        }
        boolean isTime = System.nanoTime() - last > TimeUnit.SECONDS.toNanos(LOOK_SECONDS);
        lookAtAll(isTime);
        last = isTime ? System.nanoTime() : last;
      }
    } catch (ClosedWatchServiceException | InterruptedException _) {
      // the daemon ends
    }
  }

  /// Whatever fails: the next end must be seen.
  private void lookAtAll(boolean isTime) {
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .forEach(ended);
      if (isTime) {
        regularly.run();
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "ends of processes are not seen", e);
    }
  }

  @Override
  public void close() throws IOException {
    service.close();
  }
}
