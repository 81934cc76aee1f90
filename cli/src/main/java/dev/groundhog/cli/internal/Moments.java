package dev.groundhog.cli.internal;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.regex.Pattern;
import picocli.CommandLine;

/// Reads `2026-11-24T10:00:00Z`, the same without a zone, which is this machine's then, seconds
/// since 1970, or how long ago: `10m`.
final class Moments implements CommandLine.ITypeConverter<Instant> {
  private static final Pattern SECONDS = Pattern.compile("\\d{1,11}(\\.\\d{1,9})?");
  private static final Pattern AGO = Pattern.compile("\\d+(ms|s|m|h)");

  private final Clock clock;

  Moments() {
    this(Clock.system(ZoneId.systemDefault()));
  }

  Moments(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Instant convert(String value) {
    if (SECONDS.matcher(value).matches()) {
      BigDecimal seconds = new BigDecimal(value);
      return Instant.ofEpochSecond(
          seconds.longValue(), seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue());
    }
    if (AGO.matcher(value).matches()) {
      return clock.instant().minus(new Durations().convert(value));
    }
    try {
      return value.matches(".*(Z|[+-]\\d\\d:\\d\\d)")
          ? OffsetDateTime.parse(value).toInstant()
          : LocalDateTime.parse(value).atZone(clock.getZone()).toInstant();
    } catch (DateTimeException e) {
      throw new CommandLine.TypeConversionException(
          "'"
              + value
              + "' is no time: write 2026-11-24T10:00:00Z, seconds since 1970, or how long ago,"
              + " such as 10m");
    }
  }
}
