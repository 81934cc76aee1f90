package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;

/// The parameters `h` and `w` of a terminal's size.
final class TerminalSize {
  /// What the kernel can keep.
  private static final int MOST = 65_535;

  private TerminalSize() {}

  static int rows(Call call) {
    return number(call, "h");
  }

  static int columns(Call call) {
    return number(call, "w");
  }

  private static int number(Call call, String name) {
    String text = call.query(name).orElse("");
    try {
      int number = Integer.parseInt(text);
      if (number >= 0 && number <= MOST) {
        return number;
      }
    } catch (NumberFormatException _) {
      // refused like one that is too large
    }
    throw new ApiException(
        Code.BAD_REQUEST,
        "a terminal has 0 to " + MOST + " rows and columns, not \"" + text + "\"");
  }
}
