package dev.groundhog.cli.internal;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// Where `groundhog-agent.jar` is: beside the jar of the command line, or else unpacked from it
/// into the user's cache, since a JVM loads agents from files only.
final class AgentJar {
  private static final String NAME = "groundhog-agent.jar";

  private AgentJar() {}

  /// @throws IOException if it is in neither place, or the cache cannot be written
  static Path find() throws IOException {
    Optional<Path> beside = beside();
    return beside.isPresent() ? beside.get() : unpacked();
  }

  private static Optional<Path> beside() {
    CodeSource source = AgentJar.class.getProtectionDomain().getCodeSource();
    try {
      return source == null
          ? Optional.empty()
          : Optional.of(Path.of(source.getLocation().toURI()).resolveSibling(NAME))
              .filter(Files::isRegularFile);
    } catch (URISyntaxException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Path unpacked() throws IOException {
    byte[] bytes;
    try (InputStream packed = AgentJar.class.getResourceAsStream("/" + NAME)) {
      if (packed == null) {
        throw new IOException("this build has no " + NAME + ": use groundhog.jar or a clone");
      }
      bytes = packed.readAllBytes();
    }
    // By content, so that a running JVM keeps the file that it has open.
    Path folder = cache().resolve(hash(bytes));
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path made = Files.createTempFile(folder, NAME, ".new");
      Files.write(made, bytes);
      Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return file;
  }

  private static Path cache() {
    String given = System.getenv("XDG_CACHE_HOME");
    Path caches =
        given == null || given.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(given);
    return caches.resolve("groundhog");
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
          .substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
