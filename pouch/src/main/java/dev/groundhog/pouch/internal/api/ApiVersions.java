package dev.groundhog.pouch.internal.api;

import java.util.Optional;

/// The versions of Docker's API that are spoken.
///
/// @param oldest `1.12`
/// @param newest `1.24`
public record ApiVersions(String oldest, String newest) {

  /// Why a version is not spoken; empty if it is.
  Optional<String> refusal(String version) {
    if (compare(version, newest) > 0) {
      return Optional.of(
          "client version " + version + " is too new. Maximum supported API version is " + newest);
    }
    return compare(version, oldest) < 0
        ? Optional.of(
            "client version "
                + version
                + " is too old. Minimum supported API version is "
                + oldest
                + ", please upgrade your client to a newer version")
        : Optional.empty();
  }

  private static int compare(String a, String b) {
    String[] left = a.split("\\.", 2);
    String[] right = b.split("\\.", 2);
    int major = number(left[0]).compareTo(number(right[0]));
    return major != 0 ? major : number(left[1]).compareTo(number(right[1]));
  }

  private static java.math.BigInteger number(String digits) {
    return new java.math.BigInteger(digits);
  }
}
