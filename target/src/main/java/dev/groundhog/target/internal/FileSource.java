package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.target.TargetException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A file.
public record FileSource(Path path) implements Source {
  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public boolean changes() {
    return false;
  }

  @Override
  public List<Dump> dumps() throws TargetException {
    if (Files.isDirectory(path)) {
      throw new TargetException(
          TargetException.Code.USAGE, path + " is a folder: name a file in it");
    }
    try (InputStream input = new FileInputStream(path.toFile())) {
      return Reading.all(name(), input);
    } catch (TargetException e) {
      throw e;
    } catch (IOException e) {
      throw new TargetException(
          TargetException.Code.UNREACHABLE, name() + " cannot be read: " + e.getMessage(), e);
    }
  }
}
