package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Folders of containers, which may be deeper than a path is long.
public final class Folders {
  private Folders() {}

  /// Deletes a folder and all that is in it, if it is there, and follows no link.
  public static void delete(Path folder) throws IOException, InterruptedException {
    ShortCommand remove =
        ShortCommand.run(List.of("rm", "-rf", "--", folder.toAbsolutePath().toString()));
    if (!remove.isDone()) {
      throw new IOException(folder + " is not deleted: " + remove.output().strip());
    }
  }
}
