package dev.groundhog.cli.internal;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;

/// Reads `1048576`, `64m`, `2g` as Docker's command line does, where k is 1,024; and shows sizes as
/// it does, where kB is 1,000.
final class Bytes implements CommandLine.ITypeConverter<Long> {
  private static final Pattern FORM = Pattern.compile("(\\d{1,15})([bkmg]?)b?");
  private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB", "PB", "EB");
  private static final BigDecimal THOUSAND = BigDecimal.valueOf(1_000);
  private static final MathContext THREE_DIGITS = new MathContext(3, RoundingMode.HALF_UP);

  @Override
  public Long convert(String value) {
    Matcher matcher = FORM.matcher(value.toLowerCase(Locale.ROOT));
    if (matcher.matches()) {
      try {
        return Math.multiplyExact(
            Long.parseLong(matcher.group(1)),
            switch (matcher.group(2)) {
              case "k" -> 1L << 10;
              case "m" -> 1L << 20;
              case "g" -> 1L << 30;
              default -> 1L;
            });
      } catch (ArithmeticException _) {
        // said below
      }
    }
    throw new CommandLine.TypeConversionException(
        "'" + value + "' is no size: write a number, with b, k, m or g behind it, such as 64m");
  }

  /// Such as 4.26MB.
  static String shown(long bytes) {
    BigDecimal size = BigDecimal.valueOf(Math.max(bytes, 0)).round(THREE_DIGITS);
    int unit = 0;
    while (size.compareTo(THOUSAND) >= 0) {
      size = size.movePointLeft(3);
      unit++;
    }
    return size.signum() == 0 ? "0B" : size.stripTrailingZeros().toPlainString() + UNITS.get(unit);
  }
}
