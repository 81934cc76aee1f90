package dev.groundhog.pouch.internal.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/// The size of a process's terminal, which its parent has opened.
public final class Terminal {
  private static final Pattern DEVICE = Pattern.compile("/dev/pts/\\d{1,9}");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private Terminal() {}

  /// Does nothing where the process has no terminal, or none yet, or has ended.
  ///
  /// @param folder of the process's parent
  public static void resize(Path folder, int rows, int columns)
      throws IOException, InterruptedException {
    String device;
    try {
      device = Files.readString(folder.resolve("tty")).trim();
    } catch (NoSuchFileException _) {
      return;
    }
    if (!DEVICE.matcher(device).matches()) {
      return;
    }
    ShortCommand stty =
        ShortCommand.run(
            new ProcessBuilder(
                "stty",
                "-F",
                device,
                "rows",
                Integer.toString(rows),
                "cols",
                Integer.toString(columns)),
            PATIENCE,
            ShortCommand.MOST_BYTES);
    if (!stty.isDone() && Files.exists(folder.resolve("tty"))) {
      throw new IOException("the terminal's size cannot be set");
    }
  }
}
