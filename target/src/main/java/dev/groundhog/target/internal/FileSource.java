package dev.groundhog.target.internal;

import dev.groundhog.dump.Dump;
import dev.groundhog.target.TargetException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A file or standard input; standard input can be read once.
public final class FileSource implements Source {
  private static final Path STANDARD_INPUT = Path.of("-");

  private final Path path;

  public FileSource(Path path) {
    this.path = path;
  }

  public static FileSource standardInput() {
    return new FileSource(STANDARD_INPUT);
  }

  @Override
  public String name() {
    return path.equals(STANDARD_INPUT) ? "standard input" : path.toString();
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
    if (path.equals(STANDARD_INPUT)) {
      return Reading.all(name(), System.in);
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
