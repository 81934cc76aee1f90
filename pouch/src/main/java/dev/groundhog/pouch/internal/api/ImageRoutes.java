package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.engine.Events;
import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import dev.groundhog.pouch.internal.image.ArchiveException;
import dev.groundhog.pouch.internal.image.Image;
import dev.groundhog.pouch.internal.image.ImageName;
import dev.groundhog.pouch.internal.image.ImageStore;
import dev.groundhog.pouch.internal.image.Loaded;
import dev.groundhog.pouch.internal.image.Removal;
import dev.groundhog.pouch.internal.io.BlockInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// `/images/…`.
public final class ImageRoutes {
  private static final int OK = 200;
  private static final int CREATED = 201;
  private static final Set<String> FILTERS = Set.of("reference", "label", "dangling");

  /// What a client may still send of an archive that was refused, so that it comes to read why.
  private static final long MOST_UNREAD_BYTES = 256L << 20;

  private final ImageStore images;
  private final Events events;

  public ImageRoutes(ImageStore images, Events events) {
    this.images = images;
    this.events = events;
  }

  public void addTo(Routes routes) {
    routes
        .on("POST", "/images/load", this::load)
        .on("POST", "/images/create", this::create)
        .on("GET", "/images/json", this::list)
        .on("GET", "/images/{name...}/json", this::inspect)
        .on("POST", "/images/{name...}/tag", this::tag)
        .on("DELETE", "/images/{name...}", this::remove);
  }

  private void load(Call call) throws IOException, InterruptedException {
    List<Loaded> all = reading(call, images::load);
    try (OutputStream out = call.stream("application/json")) {
      for (Loaded loaded : all) {
        events.publish("image", "load", loaded.id(), Map.of("name", first(loaded)));
        write(out, Map.of("stream", ImageJson.told(loaded)));
      }
    }
  }

  private static String first(Loaded loaded) {
    return loaded.names().isEmpty() ? loaded.id() : loaded.names().getFirst();
  }

  private static void write(OutputStream out, Map<String, Object> json) throws IOException {
    out.write(Json.MAPPER.writeValueAsBytes(json));
    out.write('\n');
    out.flush();
  }

  /// `docker import`. There is no network to pull from.
  private void create(Call call) throws IOException, InterruptedException {
    Optional<String> from = call.query("fromImage");
    if (from.isPresent()) {
      throw new ApiException(
          Code.NOT_IMPLEMENTED,
          "pouchd does not pull images: load "
              + from.get()
              + " with docker load, or a root file system with docker import");
    }
    String source = call.query("fromSrc").orElse("");
    if (!source.equals("-")) {
      throw new ApiException(
          Code.NOT_IMPLEMENTED, "pouchd imports what it is sent (fromSrc=-), and fetches nothing");
    }
    if (call.query("changes").isPresent()) {
      throw new ApiException(
          Code.NOT_IMPLEMENTED, "pouchd does not support docker import --change");
    }
    Optional<ImageName> name = call.query("repo").map(repository -> name(call, repository));
    String comment = call.query("message").orElse("Imported from -");
    Image image = reading(call, body -> images.importRootfs(body, name, comment));
    events.publish(
        "image",
        "import",
        image.id(),
        Map.of("name", name.map(ImageName::toString).orElse(image.id())));
    try (OutputStream out = call.stream("application/json")) {
      write(out, Map.of("status", image.id()));
    }
  }

  /// Name and tag, in two parameters or, as `docker import` does, in the first.
  private static ImageName name(Call call, String repository) {
    String text = repository + call.query("tag").map(tag -> ":" + tag).orElse("");
    return ImageName.parse(text)
        .orElseThrow(() -> new ApiException(Code.BAD_REQUEST, "invalid reference format: " + text));
  }

  private interface Reading<T> {
    T read(InputStream body) throws IOException, InterruptedException;
  }

  private static <T> T reading(Call call, Reading<T> reading)
      throws IOException, InterruptedException {
    try (InputStream body = call.body()) {
      Arriving arriving = new Arriving(body);
      try {
        return reading.read(arriving);
      } catch (ArchiveException e) {
        readOn(body);
        throw new ApiException(Code.BAD_REQUEST, String.valueOf(e.getMessage()), e);
      } catch (IOException e) {
        if (arriving.hasFailed) {
          throw new ApiException(Code.BAD_REQUEST, "the body cannot be read", e);
        }
        readOn(body);
        throw e;
      }
    }
  }

  private static void readOn(InputStream body) throws IOException {
    byte[] unread = new byte[1 << 16];
    long total = 0;
    int count = 0;
    while (count >= 0 && total < MOST_UNREAD_BYTES) {
      total += count;
      count = body.read(unread);
    }
  }

  /// Tells a client that breaks off from a disk that fails.
  private static final class Arriving extends BlockInputStream {
    private boolean hasFailed;

    Arriving(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      try {
        return in.read(bytes, offset, length);
      } catch (IOException e) {
        hasFailed = true;
        throw e;
      }
    }

    @Override
    public void close() {
      // whoever has opened it does
    }
  }

  private void list(Call call) throws IOException {
    Filters filters = Filters.of(call.query("filters"), FILTERS);
    Optional<String> reference = call.query("filter"); // until 1.24
    List<Map<String, Object>> listed = new ArrayList<>();
    for (Image image : images.list()) {
      boolean isWanted =
          filters.match("dangling", value -> Call.FALSE.contains(value) != image.names().isEmpty())
              && filters.match("reference", pattern -> matches(image, pattern))
              && filters.matchLabels(image.config().labels())
              && (reference.isEmpty() || matches(image, reference.get()));
      if (isWanted) {
        listed.add(ImageJson.listed(image));
      }
    }
    call.json(OK, listed);
  }

  /// Without a tag, any.
  private static boolean matches(Image image, String pattern) {
    return image.names().stream()
        .anyMatch(name ->
            Glob.matches(pattern, name)
                || Glob.matches(pattern, name.substring(0, name.lastIndexOf(':'))));
  }

  private Image image(Call call) {
    String name = call.variable("name");
    return images.resolve(name).orElseThrow(() -> ImageStore.noSuchImage(name));
  }

  private void inspect(Call call) throws IOException {
    Image image;
    try {
      image = image(call);
    } catch (ApiException e) {
      throw e.about("no such image: " + call.variable("name"));
    }
    call.json(OK, ImageJson.inspected(image));
  }

  private void tag(Call call) throws IOException {
    Image image = image(call);
    ImageName name =
        call.query("repo")
            .map(repository -> name(call, repository))
            .orElseThrow(
                () -> new ApiException(Code.BAD_REQUEST, "no repository to tag the image into"));
    images.tag(image.id(), name);
    events.publish("image", "tag", image.id(), Map.of("name", name.toString()));
    call.empty(CREATED);
  }

  private void remove(Call call) throws IOException {
    Image image = image(call);
    List<Removal> removed = images.remove(call.variable("name"), call.flag("force"));
    for (Removal removal : removed) {
      switch (removal) {
        case Removal.Untagged(String _) ->
            events.publish("image", "untag", image.id(), Map.of("name", image.id()));
        case Removal.Deleted(String digest) -> {
          if (digest.equals(image.id())) {
            events.publish("image", "delete", digest, Map.of("name", digest));
          }
        }
      }
    }
    call.json(OK, removed.stream().map(ImageJson::removed).toList());
  }
}
