package dev.groundhog.pouch.internal.engine;

import dev.groundhog.pouch.internal.image.Hold;
import dev.groundhog.pouch.internal.image.Holder;
import dev.groundhog.pouch.internal.image.ImageConfig;
import dev.groundhog.pouch.internal.image.ImageStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The images of a store.
public final class StoredImages implements Images {
  private final ImageStore store;

  public StoredImages(ImageStore store) {
    this.store = store;
  }

  @Override
  public Optional<Image> find(String nameOrId) {
    return store
        .resolve(nameOrId)
        .map(image -> {
          ImageConfig config = image.config();
          return new Image(
              image.id(),
              config.entrypoint(),
              config.command(),
              config.environment(),
              config.workingDirectory(),
              config.user(),
              config.labels(),
              config.stopSignal());
        });
  }

  @Override
  public Held hold(String imageId, Container container) {
    Hold hold = store.hold(imageId, new HolderOf(container));
    return new Held() {
      @Override
      public List<Path> layers() {
        return store.held(imageId).orElseThrow(() -> Images.noSuchImage(imageId)).folders();
      }

      @Override
      public void close() {
        hold.close();
      }
    };
  }

  private record HolderOf(Container container) implements Holder {
    @Override
    public String containerId() {
      return container.id();
    }

    @Override
    public boolean isRunning() {
      return container.state().isRunning();
    }
  }
}
