package dev.groundhog.cli.internal;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/// Where what a container prints goes: as bytes, except that a terminal gets no escape sequences
/// but colours.
final class ContainerOutput {
  private ContainerOutput() {}

  /// Prints to both streams, and gives an exit code.
  @FunctionalInterface
  interface Content {
    int writeTo(OutputStream stdout, OutputStream stderr) throws IOException, InterruptedException;
  }

  /// A reader that wants no more, such as `head`, is no failure.
  static int copy(Content content) throws IOException, InterruptedException {
    TextOutput out = new TextOutput(new FileOutputStream(FileDescriptor.out));
    TextOutput err = new TextOutput(new FileOutputStream(FileDescriptor.err));
    try {
      return content.writeTo(safe(out, StandardOutput.STDOUT), safe(err, StandardOutput.STDERR));
    } catch (IOException e) {
      if (out.failure().isPresent()) {
        throw new IOException("standard output: " + out.failure().get(), e);
      }
      if (out.isBroken() || err.isBroken()) {
        return CommandLines.OK;
      }
      throw e;
    }
  }

  private static OutputStream safe(OutputStream out, int descriptor) {
    OutputStream buffered = new BufferedOutputStream(out);
    return StandardOutput.isTerminal(descriptor) ? new TerminalFilter(buffered) : buffered;
  }
}
