package dev.groundhog.pouch.internal.log;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.concurrent.ConcurrentHashMap;

/// [Changes] by the JDK's watch service, where no foreign function may be called. One thread of
/// ours and one of the JDK's, so that each change wakes two.
final class ServiceChanges implements Changes {
  private static final System.Logger LOG = System.getLogger(ServiceChanges.class.getName());

  private final ConcurrentHashMap<WatchKey, Runnable> told = new ConcurrentHashMap<>();
  private final WatchService service;

  ServiceChanges() throws IOException {
    service = FileSystems.getDefault().newWatchService();
    Thread.ofPlatform().daemon().name(THREAD_NAME).start(this::loop);
  }

  @Override
  public Watching watch(Path folder, Runnable changed) throws IOException {
    WatchKey key =
        folder.register(
            service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
    told.put(key, changed);
    return () -> {
      key.cancel();
      told.remove(key);
    };
  }

  private void loop() {
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
    try {
      service.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "a watch of files can't be closed", e);
    }
  }
}
