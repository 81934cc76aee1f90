package dev.groundhog.pouch.internal.run;

import dev.groundhog.pouch.internal.io.ByteNames;
import dev.groundhog.pouch.internal.io.Posix;
import dev.groundhog.pouch.internal.io.Posix.PosixException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// One way through the layers of a container's file system, whose processes may change it at any
/// moment. So each name is looked at once, in the folders that are held open, and what is found is
/// held in turn: nothing is what it was not when it was looked at. For one thread.
final class LayeredWalk implements AutoCloseable {
  private static final int MOST_LINKS = 40;
  private static final int MOST_NAMES = 255;
  private static final int MOST_OPEN = 4_096;

  private static final int KIND = 0170000;
  private static final int FOLDER = 0040000;
  private static final int REGULAR = 0100000;
  private static final int LINK = 0120000;
  private static final int CHARACTER_DEVICE = 0020000;

  private static final String OPAQUE = "trusted.overlay.opaque";
  private static final int MOST_VALUE_BYTES = 8;

  private final Posix posix;
  private final String path;
  private final Deque<String> names = new ArrayDeque<>();

  /// From the root on, each of all the layers that have it, top to bottom.
  private final Deque<List<Integer>> folders = new ArrayDeque<>();

  /// All that is held open, also what was not yet put anywhere.
  private final Set<Integer> open = new HashSet<>();

  private Optional<Integer> file = Optional.empty();
  private int links;

  private LayeredWalk(Posix posix, String path) {
    this.posix = posix;
    this.path = path;
  }

  /// Goes as far as a path leads.
  ///
  /// @param layers top to bottom
  /// @param path each character a byte
  /// @throws IOException if there are too many links, names, or folders on the way
  static LayeredWalk of(List<Path> layers, String path) throws IOException {
    LayeredWalk walk = new LayeredWalk(Posix.open(), path);
    try {
      walk.enter(layers);
      walk.go();
      return walk;
    } catch (IOException | RuntimeException | Error e) {
      walk.close();
      throw e;
    }
  }

  /// What is no folder, and ended the way.
  Optional<Integer> file() {
    return file;
  }

  /// Whether that is where the path ends, and not on the way there.
  boolean isWhole() {
    return names.isEmpty();
  }

  boolean isRegular(int found) throws IOException {
    return (mode(found) & KIND) == REGULAR;
  }

  private void enter(List<Path> layers) throws IOException {
    List<Integer> roots = new ArrayList<>();
    folders.add(roots);
    for (Path layer : layers) {
      try {
        roots.add(held(posix.openFolder(layer)));
      } catch (PosixException e) {
        if (e.number() != Posix.NO_ENTRY) {
          throw e;
        }
      }
    }
  }

  private void go() throws IOException {
    add(path);
    while (!names.isEmpty() && file.isEmpty()) {
      String name = names.removeFirst();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        leave();
      } else if (!step(name)) {
        return;
      }
    }
  }

  private void add(String more) throws IOException {
    for (String name : List.of(more.split("/", -1)).reversed()) {
      names.addFirst(name);
    }
    if (names.size() > MOST_NAMES) {
      throw new IOException("too many names in the path of /" + ByteNames.shown(path));
    }
  }

  private void leave() {
    if (folders.size() > 1) {
      folders.removeLast().forEach(this::release);
    }
  }

  /// @return false if there is nothing of that name
  private boolean step(String name) throws IOException {
    List<Integer> merged = new ArrayList<>();
    for (int folder : folders.getLast()) {
      Optional<Integer> look = look(folder, name);
      if (look.isEmpty()) {
        continue;
      }
      int found = look.get();
      if ((mode(found) & KIND) == FOLDER) {
        merged.add(found);
        if (isOpaque(found)) {
          break;
        }
        continue;
      }
      if (merged.isEmpty() && !isWhiteout(found)) {
        arriveAt(found);
        return true;
      }
      release(found);
      break; // what is below is hidden
    }
    if (!merged.isEmpty()) {
      folders.addLast(merged);
    }
    return !merged.isEmpty();
  }

  private Optional<Integer> look(int folder, String name) throws IOException {
    try {
      return Optional.of(held(posix.look(folder, name)));
    } catch (PosixException e) {
      if (e.number() == Posix.NO_ENTRY) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void arriveAt(int found) throws IOException {
    if ((mode(found) & KIND) != LINK) {
      file = Optional.of(found);
      return;
    }
    String target = posix.target(found);
    release(found);
    if (++links > MOST_LINKS) {
      throw new IOException("too many links on the way to /" + ByteNames.shown(path));
    }
    if (target.startsWith("/")) {
      while (folders.size() > 1) {
        leave();
      }
    }
    add(target);
  }

  private static int mode(int found) throws IOException {
    return (int) Files.getAttribute(Posix.path(found), "unix:mode");
  }

  /// A character device 0:0 hides what has its name in the layers below.
  private static boolean isWhiteout(int found) throws IOException {
    Map<String, Object> all = Files.readAttributes(Posix.path(found), "unix:mode,rdev");
    return ((int) all.getOrDefault("mode", 0) & KIND) == CHARACTER_DEVICE
        && all.getOrDefault("rdev", 1L).equals(0L);
  }

  /// Whether a folder hides those of its name in the layers below.
  private boolean isOpaque(int folder) throws IOException {
    return posix
        .attribute(folder, OPAQUE, MOST_VALUE_BYTES)
        .filter(value -> value.length == 1 && value[0] == 'y')
        .isPresent();
  }

  private int held(int descriptor) throws IOException {
    open.add(descriptor);
    if (open.size() > MOST_OPEN) {
      throw new IOException("too many folders on the way to /" + ByteNames.shown(path));
    }
    return descriptor;
  }

  private void release(int descriptor) {
    open.remove(descriptor);
    posix.close(descriptor);
  }

  @Override
  public void close() {
    open.forEach(posix::close);
    posix.close();
  }
}
