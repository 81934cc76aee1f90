package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.image.Hold;
import dev.groundhog.pouch.internal.image.ImageStore;
import dev.groundhog.pouch.internal.log.ContainerLog;
import dev.groundhog.pouch.internal.run.StandardInput;
import dev.groundhog.pouch.internal.spec.ContainerConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// One container, from its creation to its removal. Thread-safe.
public final class Container {
  private final String id;
  private final Instant created;
  private final ContainerConfig config;
  private final Path folder;
  private final ContainerLog log;
  private final Optional<Hold> image;

  /// Held while it is started or removed, and while its end is noted: one behind the other. Who
  /// only asks for its state waits for none of them.
  final Object changing = new Object();

  /// Held while it is stored.
  final Object storing = new Object();

  // Guarded by this object's lock.
  private String name;
  private ContainerState state;
  private CompletableFuture<ContainerState> end = new CompletableFuture<>();
  private StandardInput input;
  private boolean isInputAbandoned;

  /// @param image empty if it has this machine's own files, or its image is not there any more
  Container(Stored stored, Path folder, ContainerLog log, Optional<Hold> image) {
    this.id = stored.id();
    this.name = stored.name();
    this.created = stored.created();
    this.config = stored.config();
    this.state = stored.state();
    this.folder = folder;
    this.log = log;
    this.image = image;
    this.input = new StandardInput(folder);
  }

  public String id() {
    return id;
  }

  public synchronized String name() {
    return name;
  }

  public Instant created() {
    return created;
  }

  public ContainerConfig config() {
    return config;
  }

  /// What belongs to it alone.
  public Path folder() {
    return folder;
  }

  /// In which each exec has a folder of its own; it is there from the first one on.
  Path execs() {
    return folder.resolve("execs");
  }

  /// What it has printed.
  public ContainerLog log() {
    return log;
  }

  /// The folders of its image, bottom to top; none if it has this machine's own files.
  ///
  /// @throws ApiException if its image is not there any more
  List<Path> layers() {
    if (image.isEmpty() && !config.imageId().isEmpty()) {
      throw ImageStore.noSuchImage(config.image());
    }
    return image.map(hold -> hold.image().folders()).orElse(List.of());
  }

  /// Its image may be removed.
  void release() {
    image.ifPresent(Hold::close);
  }

  public synchronized ContainerState state() {
    return state;
  }

  /// Completes when the run that is under way ends, or the next one if there is none.
  public synchronized CompletableFuture<ContainerState> end() {
    return end;
  }

  synchronized void rename(String name) {
    this.name = name;
  }

  synchronized void become(ContainerState state) {
    if (state.isRunning()) {
      input = new StandardInput(folder);
    }
    this.state = state;
    notifyAll();
  }

  /// Waits for its next run, if it does not run.
  ///
  /// @return the standard input of that run
  public synchronized StandardInput awaitInput() throws InterruptedException {
    while (!state.isRunning()) {
      wait();
    }
    return input;
  }

  /// Who would have typed has left before it could: the input of the run that is under way, or of
  /// the next one, is at its end.
  public void abandonInput() throws IOException {
    synchronized (this) {
      isInputAbandoned = true;
      if (!state.isRunning()) {
        return;
      }
    }
    endAbandonedInput();
  }

  /// To be called when it has been started.
  void endAbandonedInput() throws IOException {
    StandardInput abandoned;
    synchronized (this) {
      if (!isInputAbandoned) {
        return;
      }
      isInputAbandoned = false;
      abandoned = input;
    }
    abandoned.end();
  }

  /// What events tell of it.
  Map<String, String> attributes() {
    Map<String, String> attributes = new HashMap<>(config.labels());
    attributes.put("image", config.image());
    attributes.put("name", name());
    return attributes;
  }

  /// Tells those who wait that a run has ended, or that there will be none.
  void ended() {
    CompletableFuture<ContainerState> told;
    ContainerState last;
    synchronized (this) {
      last = state;
      told = end;
      end = new CompletableFuture<>();
    }
    told.complete(last);
  }
}
