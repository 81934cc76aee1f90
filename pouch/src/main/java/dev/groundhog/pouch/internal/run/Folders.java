package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Folders of containers, which may be deeper than a path is long.
public final class Folders {
  private Folders() {}

  /// Makes a folder, unless it is there, in one that there is: that of a container which was
  /// removed meanwhile does not come back by this.
  ///
  /// @throws java.nio.file.NoSuchFileException if the folder around it is gone
  public static Path make(Path folder) throws IOException {
    try {
      return Files.createDirectory(folder);
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(folder)) {
        return folder;
      }
      throw e;
    }
  }

  /// Deletes a folder and all that is in it, if it is there, and follows no link.
  public static void delete(Path folder) throws IOException, InterruptedException {
    ShortCommand remove =
        ShortCommand.run(List.of("rm", "-rf", "--", folder.toAbsolutePath().toString()));
    if (!remove.isDone()) {
      throw new IOException(folder + " is not deleted: " + remove.output().strip());
    }
  }
}
