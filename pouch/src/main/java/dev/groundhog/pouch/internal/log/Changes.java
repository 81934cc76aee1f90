package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Tells when a raw file in a folder has grown: inotify(7), by the JDK. One thread of ours and one
/// of the JDK's, for all folders.
final class Changes implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Changes.class.getName());
  private static final Set<String> RAW_NAMES =
      Set.of(LogStream.STDOUT.rawName(), LogStream.STDERR.rawName());

  /// A folder that is watched, until this is closed.
  interface Watching extends AutoCloseable {
    @Override
    void close();
  }

  private final ConcurrentHashMap<WatchKey, Runnable> told = new ConcurrentHashMap<>();
  private final @Nullable WatchService watcher;

  Changes() {
    WatchService service = null;
    try {
      service = FileSystems.getDefault().newWatchService();
      WatchService watched = service;
      Thread.ofPlatform().daemon().name("pouch-log-changes").start(() -> loop(watched));
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "files can't be watched, logs come late: {0}; raise fs.inotify.max_user_instances",
          e.getMessage());
    }
    this.watcher = service;
  }

  /// Calls `changed`, which must not block for long, when a raw file in `folder` was made, has
  /// grown, or may have; what was before isn't told.
  ///
  /// @return empty if the folder can't be watched
  Optional<Watching> watch(Path folder, Runnable changed) {
    WatchService service = watcher;
    if (service == null) {
      return Optional.empty();
    }
    try {
      WatchKey key =
          folder.register(
              service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
      told.put(key, changed);
      return Optional.of(() -> {
        key.cancel();
        told.remove(key);
      });
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "{0} can''t be watched, its log comes late: {1}; raise fs.inotify.max_user_watches",
          folder,
          e.getMessage());
      return Optional.empty();
    }
  }

  private void loop(WatchService service) {
    try {
      while (true) {
        WatchKey key = service.take();
        boolean isRaw = false;
        for (WatchEvent<?> event : key.pollEvents()) {
          isRaw |= event.context() == null || RAW_NAMES.contains(event.context().toString());
        }
        key.reset();
        Runnable changed = told.get(key);
        if (isRaw && changed != null) {
          changed.run();
        }
      }
    } catch (ClosedWatchServiceException | InterruptedException _) {
      // closed: nobody interrupts this thread
    }
  }

  @Override
  public void close() {
    WatchService service = watcher;
    if (service != null) {
      try {
        service.close();
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "a watch of files can't be closed", e);
      }
    }
  }
}
