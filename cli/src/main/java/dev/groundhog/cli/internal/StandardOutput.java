package dev.groundhog.cli.internal;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// Standard output as bytes, for what is no text.
final class StandardOutput {
  static final int STDIN = 0;
  static final int STDOUT = 1;
  static final int STDERR = 2;

  private StandardOutput() {}

  /// Whether it is a terminal, which binary data would upset. [java.io.Console] tells only whether
  /// standard input is one too; so the descriptor is looked at, where the system shows it.
  static boolean isTerminal() {
    return isTerminal(STDOUT);
  }

  /// The same of another descriptor.
  static boolean isTerminal(int descriptor) {
    try {
      String device = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return device.startsWith("/dev/pts/")
          || device.startsWith("/dev/tty")
          || device.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException _) {
      return isConsole();
    }
  }

  @SuppressWarnings("SystemConsoleNull") // null where the JDK's own console module is missing
  private static boolean isConsole() {
    java.io.Console console = System.console();
    return console != null && console.isTerminal();
  }

  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  static void write(Content content) throws IOException {
    OutputStream out = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out));
    content.writeTo(out);
    out.flush();
  }
}
