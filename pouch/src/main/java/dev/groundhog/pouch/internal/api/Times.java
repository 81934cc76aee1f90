package dev.groundhog.pouch.internal.api;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;

/// Moments as Docker's API writes them in queries.
final class Times {
  private static final int MAX_LENGTH = 40;

  private Times() {}

  /// Seconds since 1970, with or without a fraction, or RFC 3339.
  static Instant instant(String text) {
    try {
      if (text.length() <= MAX_LENGTH && text.matches("-?\\d+(\\.\\d+)?")) {
        BigDecimal seconds = new BigDecimal(text);
        long whole = seconds.longValue();
        return Instant.ofEpochSecond(
            whole, seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue());
      }
      return Instant.parse(text);
    } catch (DateTimeException | ArithmeticException e) {
      throw new ApiException(Code.BAD_REQUEST, "no time: " + text, e);
    }
  }
}
