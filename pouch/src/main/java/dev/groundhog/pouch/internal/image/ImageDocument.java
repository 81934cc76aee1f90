package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.io.ByteNames;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What an image says of itself, in the JSON whose digest is its id.
///
/// @param layers digests of its layers' tars, uncompressed, the lowest first
/// @param json all of it
public record ImageDocument(
    String id,
    Instant created,
    String architecture,
    ImageConfig config,
    List<String> layers,
    JsonNode json) {

  public ImageDocument {
    layers = List.copyOf(layers);
  }

  static ImageDocument parse(byte[] bytes, Limits limits) throws ArchiveException {
    Metadata document = Metadata.parse("the image's config", bytes).object();
    String system = document.text("os");
    if (!system.isEmpty() && !system.equals("linux")) {
      throw new ArchiveException("the image is for \"" + system + "\", not for linux");
    }
    Metadata root = document.at("rootfs");
    if (!root.text("type").equals("layers")) {
      throw root.wrong("not of type \"layers\"");
    }
    List<String> layers = root.texts("diff_ids", limits.layers());
    for (String layer : layers) {
      if (!Digest.isOne(layer)) {
        throw new ArchiveException("no sha256 digest in diff_ids: " + ByteNames.shown(layer));
      }
    }
    return new ImageDocument(
        Digest.of(bytes),
        created(document.text("created")),
        document.text("architecture"),
        ImageConfig.of(document.at("config")),
        layers,
        document.node());
  }

  /// What Docker calls the uppermost of some layers by: a digest of theirs in their order.
  ///
  /// @param layer digest of the uppermost
  String chain(String layer) {
    String chain = layers.getFirst();
    for (String next : layers.subList(1, layers.lastIndexOf(layer) + 1)) {
      chain = Digest.of((chain + " " + next).getBytes(StandardCharsets.US_ASCII));
    }
    return chain;
  }

  private static Instant created(String text) throws ArchiveException {
    try {
      return text.isEmpty() ? Instant.EPOCH : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new ArchiveException("no time in the image's config: " + ByteNames.shown(text), e);
    }
  }
}
