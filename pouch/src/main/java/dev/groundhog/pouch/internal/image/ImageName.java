package dev.groundhog.pouch.internal.image;

import java.util.Optional;
import java.util.regex.Pattern;

/// A name and tag as people write them: what is on Docker's own hub goes without host, and without
/// `library/`.
///
/// @param repository such as `busybox`, `user/tool` or `host:5000/tool`
public record ImageName(String repository, String tag) implements Comparable<ImageName> {
  private static final String HUB = "docker.io/";
  private static final String OLD_HUB = "index.docker.io/";
  private static final String LIBRARY = "library/";
  private static final int MAX_LENGTH = 255;
  private static final String PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  private static final Pattern PATH = Pattern.compile(PART + "(?:/" + PART + ")*");
  private static final String LABEL = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
  private static final Pattern HOST =
      Pattern.compile("(?:" + LABEL + "(?:\\." + LABEL + ")*|\\[[a-fA-F0-9:]+\\])(?::[0-9]{1,5})?");
  private static final Pattern TAG = Pattern.compile("\\w[\\w.-]{0,127}");
  private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

  /// @return empty if it is no name; also for one by digest, of which there are none here
  public static Optional<ImageName> parse(String text) {
    if (text.length() > 2 * MAX_LENGTH) {
      return Optional.empty();
    }
    int colon = text.indexOf(':', text.lastIndexOf('/') + 1);
    String name = colon < 0 ? text : text.substring(0, colon);
    String tag = colon < 0 ? "latest" : text.substring(colon + 1);
    if (!TAG.matcher(tag).matches() || ID.matcher(name).matches()) {
      return Optional.empty();
    }
    return repository(name).map(repository -> new ImageName(repository, tag));
  }

  private static Optional<String> repository(String name) {
    int slash = name.indexOf('/');
    boolean hasHost = slash >= 0 && isHost(name.substring(0, slash));
    String full = hasHost ? name : HUB + name;
    if (full.startsWith(OLD_HUB)) {
      full = HUB + full.substring(OLD_HUB.length());
    }
    int end = full.indexOf('/');
    String host = full.substring(0, end);
    String path = full.substring(end + 1);
    if (!HOST.matcher(host).matches()
        || !PATH.matcher(path).matches()
        || full.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    if (!full.startsWith(HUB)) {
      return Optional.of(full);
    }
    boolean isOfLibrary = path.startsWith(LIBRARY) && path.indexOf('/', LIBRARY.length()) < 0;
    return Optional.of(isOfLibrary ? path.substring(LIBRARY.length()) : path);
  }

  private static boolean isHost(String first) {
    return first.indexOf('.') >= 0
        || first.indexOf(':') >= 0
        || first.equals("localhost")
        || first.chars().anyMatch(Character::isUpperCase);
  }

  @Override
  public int compareTo(ImageName other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return repository + ":" + tag;
  }
}
