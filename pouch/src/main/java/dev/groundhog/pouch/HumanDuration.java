package dev.groundhog.pouch;

import java.time.Duration;

/// Durations in the words of Docker's command line.
public final class HumanDuration {
  private HumanDuration() {}

  /// Such as `About a minute`; a negative one is none.
  public static String of(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 1) {
      return "Less than a second";
    }
    if (seconds < 2) {
      return "1 second";
    }
    if (seconds < 60) {
      return seconds + " seconds";
    }
    long minutes = time.toMinutes();
    if (minutes < 2) {
      return "About a minute";
    }
    if (minutes < 60) {
      return minutes + " minutes";
    }
    long hours = Math.round(time.toSeconds() / 3600.0);
    if (hours < 2) {
      return "About an hour";
    }
    if (hours < 48) {
      return hours + " hours";
    }
    long days = hours / 24;
    if (days < 14) {
      return days + " days";
    }
    if (days < 60) {
      return days / 7 + " weeks";
    }
    return days < 730 ? days / 30 + " months" : days / 365 + " years";
  }
}
