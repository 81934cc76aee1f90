package dev.groundhog.cli.internal;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Keeps from a terminal what a container has no business to send to it: of control characters only
/// tabs, ends of line and colours pass, the rest is shown. It works on bytes, since characters may
/// come in pieces.
final class TerminalFilter extends FilterOutputStream {
  private static final int ESCAPE = 0x1b;
  private static final int DELETE = 0x7f;

  /// The first byte of the control characters beyond ASCII, in UTF-8.
  private static final int HIGH_CONTROLS = 0xc2;

  private static final int MAX_COLOUR = 32;

  /// The beginning of what may become a colour, `ESC [ digits ; … m`.
  private final StringBuilder colour = new StringBuilder();

  private boolean isHigh;

  TerminalFilter(OutputStream out) {
    super(out);
  }

  @Override
  public void write(int value) throws IOException {
    int b = value & 0xff;
    if (isHigh) {
      isHigh = false;
      if (b >= 0x80 && b < 0xa0) {
        show(b);
        return;
      }
      out.write(HIGH_CONTROLS);
    }
    if (!colour.isEmpty()) {
      if (continuesColour(b)) {
        colour.append((char) b);
        if (b == 'm') {
          print(colour.toString());
          colour.setLength(0);
        }
        return;
      }
      endColour();
    }
    if (b == ESCAPE) {
      colour.append((char) b);
    } else if (b == HIGH_CONTROLS) {
      isHigh = true;
    } else if (b == DELETE || (b < ' ' && b != '\n' && b != '\r' && b != '\t')) {
      show(b);
    } else {
      out.write(b);
    }
  }

  private boolean continuesColour(int b) {
    return colour.length() == 1
        ? b == '['
        : colour.length() < MAX_COLOUR
            && (b == 'm' || b == ';' || b == ':' || (b >= '0' && b <= '9'));
  }

  /// It was another sequence.
  private void endColour() throws IOException {
    show(ESCAPE);
    print(colour.substring(1));
    colour.setLength(0);
  }

  private void show(int control) throws IOException {
    print(String.format(Locale.ROOT, "\\u%04x", control));
  }

  private void print(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.US_ASCII));
  }
}
