package dev.groundhog.cli.internal;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;

/// The bytes below a [java.io.PrintWriter], which tells nobody why it could not write.
final class TextOutput extends OutputStream {
  private final FileOutputStream out;
  private Optional<String> failure = Optional.empty();

  TextOutput(FileOutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = failure.or(() -> Optional.of(String.valueOf(e.getMessage())));
      throw e;
    }
  }

  /// Why something was lost, such as a full disk. A reader that wanted no more, such as `head`, is
  /// no failure.
  Optional<String> failure() {
    return failure.filter(why -> !isBrokenPipe(why));
  }

  /// Whether its reader wanted no more.
  boolean isBroken() {
    return failure.filter(TextOutput::isBrokenPipe).isPresent();
  }

  private static boolean isBrokenPipe(String why) {
    return why.toLowerCase(Locale.ROOT).contains("broken pipe");
  }
}
