package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.errors.ApiException;
import dev.groundhog.pouch.internal.errors.ApiException.Code;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Who a process in a container is.
///
/// @param groups all that it is in, its own first
record ContainerUser(long uid, long gid, List<Long> groups) {
  private static final int MOST_BYTES = 1 << 20;
  private static final long MOST_ID = Integer.MAX_VALUE;

  ContainerUser {
    groups = List.copyOf(groups);
  }

  /// Reads what a client asks for, with the container's own `/etc/passwd` and `/etc/group`.
  ///
  /// @param wanted `USER` or `USER:GROUP`, each a name or a number; empty for the first user
  /// @throws ApiException if a name is unknown, or a number is out of range
  static ContainerUser of(String wanted, LayeredFiles files) throws IOException {
    List<String[]> users = entries(files, "etc/passwd");
    List<String[]> groups = entries(files, "etc/group");
    int colon = wanted.indexOf(':');
    String user = colon < 0 ? wanted : wanted.substring(0, colon);
    String group = colon < 0 ? "" : wanted.substring(colon + 1);
    String key = user.isEmpty() ? "0" : user;
    Optional<String[]> known = users.stream().filter(entry -> isNamed(entry, key)).findFirst();
    long uid =
        known
            .map(entry -> entry[2])
            .or(() -> Optional.of(key))
            .flatMap(ContainerUser::number)
            .orElseThrow(() -> unknown("user", key, "passwd"));
    if (!group.isEmpty()) {
      long gid =
          groups.stream()
              .filter(entry -> isNamed(entry, group))
              .findFirst()
              .map(entry -> entry[2])
              .or(() -> Optional.of(group))
              .flatMap(ContainerUser::number)
              .orElseThrow(() -> unknown("group", group, "group"));
      return new ContainerUser(uid, gid, List.of(gid));
    }
    long gid =
        known.filter(entry -> entry.length > 3).flatMap(entry -> number(entry[3])).orElse(0L);
    Set<Long> all = new LinkedHashSet<>(List.of(gid));
    known.ifPresent(entry -> all.addAll(memberships(entry[0], groups)));
    return new ContainerUser(uid, gid, new ArrayList<>(all));
  }

  private static List<String[]> entries(LayeredFiles files, String path) throws IOException {
    return files
        .read(path, MOST_BYTES)
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .orElse("")
        .lines()
        .map(line -> line.strip().split(":", -1))
        .filter(fields -> fields.length > 2 && number(fields[2]).isPresent())
        .toList();
  }

  private static boolean isNamed(String[] entry, String nameOrNumber) {
    return entry[0].equals(nameOrNumber) || entry[2].equals(nameOrNumber);
  }

  private static List<Long> memberships(String user, List<String[]> groups) {
    return groups.stream()
        .filter(entry -> entry.length > 3 && List.of(entry[3].split(",", -1)).contains(user))
        .map(entry -> Long.parseLong(entry[2]))
        .toList();
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.parseLong(text)).filter(id -> id >= 0 && id <= MOST_ID);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static ApiException unknown(String what, String name, String file) {
    return new ApiException(
        Code.BAD_REQUEST,
        "unable to find " + what + " " + name + ": no matching entries in " + file + " file");
  }
}
