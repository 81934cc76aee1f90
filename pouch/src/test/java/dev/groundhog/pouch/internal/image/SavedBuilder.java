package dev.groundhog.pouch.internal.image;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.json.JsonMapper;

/// Makes saved images of layers.
public final class SavedBuilder {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final List<byte[]> layers = new ArrayList<>();
  private final List<byte[]> packed = new ArrayList<>();
  private final List<String> types = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private Map<String, Object> config = Map.of("Cmd", List.of("sh"), "Env", List.of("A=b"));
  private String architecture = Architecture.ofThisMachine();

  public SavedBuilder named(String name) {
    names.add(name);
    return this;
  }

  public SavedBuilder config(Map<String, Object> config) {
    this.config = config;
    return this;
  }

  SavedBuilder architecture(String architecture) {
    this.architecture = architecture;
    return this;
  }

  public SavedBuilder layer(byte[] tar) {
    return layer(tar, tar, "");
  }

  SavedBuilder gzip(byte[] tar) throws IOException {
    return layer(tar, gzipped(tar), "+gzip");
  }

  SavedBuilder zstd(byte[] tar) throws IOException {
    return layer(tar, zstded(tar), "+zstd");
  }

  /// One whose bytes are not what the config says.
  SavedBuilder layer(byte[] tar, byte[] packedTar, String type) {
    layers.add(tar);
    packed.add(packedTar);
    types.add(type);
    return this;
  }

  static byte[] gzipped(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  static byte[] zstded(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream zstd = new ZstdOutputStream(out)) {
      zstd.write(bytes);
    }
    return out.toByteArray();
  }

  static byte[] json(Object value) {
    return JSON.writeValueAsBytes(value);
  }

  byte[] document() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("architecture", architecture);
    document.put("os", "linux");
    document.put("created", "2026-01-02T03:04:05.123456789Z");
    document.put("config", config);
    document.put(
        "rootfs", Map.of("type", "layers", "diff_ids", layers.stream().map(Digest::of).toList()));
    return json(document);
  }

  public String id() {
    return Digest.of(document());
  }

  public byte[] docker() {
    return docker(document());
  }

  byte[] docker(byte[] document) {
    TarBuilder tar = new TarBuilder();
    List<String> members = new ArrayList<>();
    for (int i = 0; i < packed.size(); i++) {
      members.add("layer" + i + "/layer.tar");
      tar.file(members.getLast(), packed.get(i));
    }
    String name = Digest.hex(Digest.of(document)) + ".json";
    return tar.file(name, document).file("manifest.json", manifest(name, members)).end();
  }

  byte[] manifest(String config, List<String> members) {
    return json(List.of(Map.of("Config", config, "RepoTags", names, "Layers", members)));
  }

  byte[] oci() {
    return oci("");
  }

  /// @param before each name
  byte[] oci(String before) {
    TarBuilder tar = new TarBuilder();
    Map<String, Object> manifest = manifestBlob(tar, before);
    return layout(tar, before, List.of(manifest));
  }

  /// An index within the index, with a manifest of another machine.
  byte[] ociOfSeveral() {
    TarBuilder tar = new TarBuilder();
    Map<String, Object> own = new LinkedHashMap<>(manifestBlob(tar, ""));
    own.put("platform", Map.of("os", "linux", "architecture", architecture));
    Map<String, Object> other =
        new LinkedHashMap<>(
            descriptor(
                "application/vnd.oci.image.manifest.v1+json",
                "nothing".getBytes(StandardCharsets.UTF_8)));
    other.put("platform", Map.of("os", "linux", "architecture", "pdp11"));
    own.remove("annotations");
    byte[] index = json(Map.of("schemaVersion", 2, "manifests", List.of(other, own)));
    blob(tar, "", index);
    return layout(
        tar, "", List.of(named(descriptor("application/vnd.oci.image.index.v1+json", index))));
  }

  static byte[] layout(TarBuilder tar, String before, List<Map<String, Object>> manifests) {
    return tar.file(before + "oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
        .file(before + "index.json", json(Map.of("schemaVersion", 2, "manifests", manifests)))
        .end();
  }

  private Map<String, Object> manifestBlob(TarBuilder tar, String before) {
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < packed.size(); i++) {
      blob(tar, before, packed.get(i));
      all.add(descriptor("application/vnd.oci.image.layer.v1.tar" + types.get(i), packed.get(i)));
    }
    blob(tar, before, document());
    byte[] manifest =
        json(
            Map.of(
                "schemaVersion",
                2,
                "config",
                descriptor("application/vnd.oci.image.config.v1+json", document()),
                "layers",
                all));
    blob(tar, before, manifest);
    return named(descriptor("application/vnd.oci.image.manifest.v1+json", manifest));
  }

  private Map<String, Object> named(Map<String, Object> descriptor) {
    Map<String, Object> named = new LinkedHashMap<>(descriptor);
    if (!names.isEmpty()) {
      named.put("annotations", Map.of("org.opencontainers.image.ref.name", names.getFirst()));
    }
    return named;
  }

  static void blob(TarBuilder tar, String before, byte[] bytes) {
    tar.file(before + "blobs/sha256/" + Digest.hex(Digest.of(bytes)), bytes);
  }

  static Map<String, Object> descriptor(String type, byte[] bytes) {
    return Map.of("mediaType", type, "digest", Digest.of(bytes), "size", bytes.length);
  }
}
