package dev.groundhog.pouch.internal.image;

import dev.groundhog.pouch.internal.io.ByteNames;
import dev.groundhog.pouch.internal.io.Posix;
import dev.groundhog.pouch.internal.io.Posix.PosixException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A folder into which one layer is unpacked, as overlayfs wants it. Every part of every path is
/// opened by itself, in the folder before it, and never followed if it is a symbolic link: nothing
/// can be written outside, whatever the tar says. For one thread.
final class LayerFolder implements AutoCloseable {
  private static final String WHITEOUT = ".wh.";
  private static final String OPAQUE = ".wh..wh..opq";
  private static final String OF_AUFS = ".wh..wh.";
  private static final int IMPLIED_MODE = 0755;
  private static final int SPECIAL_BITS = 06000; // setuid, setgid
  private static final int BUFFER_BYTES = 1 << 16;
  private static final byte[] YES = {'y'};

  /// What the kernel says of values that the archive has brought: EINVAL, EMLINK, ENAMETOOLONG.
  private static final Set<Integer> OF_ARCHIVE = Set.of(22, 31, 36);

  private static final String CAPABILITY = "security.capability";

  private final Posix posix;
  private final int root;
  private final boolean isRoot;
  private final Limits limits;
  private final byte[] buffer = new byte[BUFFER_BYTES];

  /// Modes and times of folders are set at last: until then others are put into them.
  private final Map<List<String>, Folder> folders = new HashMap<>();

  private final Set<List<String>> whiteouts = new HashSet<>();

  /// The folder that was used last.
  private List<String> openPath = List.of();

  private int open;

  private record Folder(int mode, int user, int group, long seconds, int nanos, boolean isOpaque) {
    /// One that no member tells of.
    static Folder implied(boolean isOpaque) {
      return new Folder(IMPLIED_MODE, 0, 0, 0, Posix.UNCHANGED_TIME, isOpaque);
    }

    Folder opaque() {
      return new Folder(mode, user, group, seconds, nanos, true);
    }
  }

  private LayerFolder(Posix posix, int root, Limits limits) {
    this.posix = posix;
    this.root = root;
    this.open = root;
    this.isRoot = posix.isRoot();
    this.limits = limits;
    folders.put(List.of(), Folder.implied(false));
  }

  /// Unpacks a layer into an empty folder.
  ///
  /// @return the bytes of its files, and of where its symbolic links lead
  static long unpack(TarReader tar, Path into, Posix posix, Limits limits) throws IOException {
    int root = posix.openFolder(into);
    try (LayerFolder folder = new LayerFolder(posix, root, limits)) {
      long bytes = 0;
      Optional<TarEntry> entry = tar.next();
      while (entry.isPresent()) {
        folder.add(entry.get(), tar.content());
        bytes +=
            entry.get().type() == TarEntry.Type.SYMBOLIC_LINK
                ? entry.get().link().length()
                : entry.get().size();
        entry = tar.next();
      }
      folder.finish();
      return bytes;
    }
  }

  private void add(TarEntry entry, InputStream content) throws IOException {
    try {
      if (entry.path().stream().anyMatch(part -> part.startsWith(WHITEOUT))) {
        addWhiteout(entry);
        return;
      }
      switch (entry.type()) {
        case FOLDER -> addFolder(entry);
        case FILE -> addFile(entry, content);
        case SYMBOLIC_LINK -> addSymbolicLink(entry);
        case HARD_LINK -> addHardLink(entry);
        case FIFO -> addFifo(entry);
        case DEVICE ->
            throw new ArchiveException(
                "a device node, which no image may bring along: " + entry.shown());
      }
    } catch (PosixException e) {
      String message = "cannot unpack " + entry.shown() + ": " + e.getMessage();
      throw OF_ARCHIVE.contains(e.number())
          ? new ArchiveException(message, e)
          : new IOException(message, e);
    }
  }

  private void addWhiteout(TarEntry entry) throws IOException {
    String name = entry.name();
    if (name.equals(OPAQUE)) {
      if (entry.parent().isEmpty()) {
        throw new ArchiveException("a layer that hides all of the layers below it is not read");
      }
      folder(entry.parent());
      markOpaque(entry.parent());
      return;
    }
    if (entry.path().stream().anyMatch(part -> part.startsWith(OF_AUFS))) {
      return; // its own bookkeeping
    }
    if (!name.startsWith(WHITEOUT) || inside(entry.parent())) {
      throw new ArchiveException("a member lies below a whiteout: " + entry.shown());
    }
    String hidden = name.substring(WHITEOUT.length());
    if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
      throw new ArchiveException("a whiteout of nothing: " + entry.shown());
    }
    List<String> path = child(entry.parent(), hidden);
    int parent = folder(entry.parent());
    try {
      posix.makeWhiteout(parent, hidden);
      whiteouts.add(path);
    } catch (PosixException e) {
      if (e.number() != Posix.EXISTS) {
        throw e;
      }
      if (folders.containsKey(path)) {
        markOpaque(path); // it hides what is below, not what this layer has
      }
    }
  }

  private static boolean inside(List<String> folder) {
    return folder.stream().anyMatch(part -> part.startsWith(WHITEOUT));
  }

  private void markOpaque(List<String> path) {
    folders.computeIfPresent(path, (_, folder) -> folder.opaque());
  }

  private void addFolder(TarEntry entry) throws IOException {
    folder(entry.path());
    boolean isOpaque =
        Optional.ofNullable(folders.get(entry.path())).map(Folder::isOpaque).orElse(false);
    folders.put(
        entry.path(),
        new Folder(
            mode(entry),
            entry.user(),
            entry.group(),
            entry.modifiedSeconds(),
            entry.modifiedNanos(),
            isOpaque));
  }

  private int mode(TarEntry entry) {
    return isRoot ? entry.mode() : entry.mode() & ~SPECIAL_BITS;
  }

  private void addFile(TarEntry entry, InputStream content) throws IOException {
    int parent = folder(entry.parent());
    makeRoom(entry, parent);
    int file = posix.create(parent, entry.name());
    try {
      int count = content.read(buffer);
      while (count >= 0) {
        posix.write(file, buffer, count);
        count = content.read(buffer);
      }
      if (isRoot) {
        posix.changeOwner(file, entry.user(), entry.group());
        byte[] capability = entry.attributes().get(CAPABILITY);
        if (capability != null) {
          posix.setAttribute(file, CAPABILITY, capability);
        }
      }
      posix.changeMode(file, mode(entry)); // after the owner, whose change would clear bits of it
      posix.changeTime(file, entry.modifiedSeconds(), entry.modifiedNanos());
    } finally {
      posix.close(file);
    }
  }

  private void addSymbolicLink(TarEntry entry) throws IOException {
    int parent = folder(entry.parent());
    makeRoom(entry, parent);
    posix.makeSymbolicLink(parent, entry.name(), entry.link());
    if (isRoot) {
      posix.changeOwner(parent, entry.name(), entry.user(), entry.group());
    }
    posix.changeTime(parent, entry.name(), entry.modifiedSeconds(), entry.modifiedNanos());
  }

  private void addHardLink(TarEntry entry) throws IOException {
    List<String> target = TarPath.parts(entry.link(), limits);
    if (target.isEmpty() || target.equals(entry.path()) || whiteouts.contains(target)) {
      throw noTarget(entry);
    }
    int parent = folder(entry.parent());
    makeRoom(entry, parent);
    int from = openFolder(target.subList(0, target.size() - 1), entry);
    try {
      posix.makeHardLink(from, target.getLast(), parent, entry.name());
    } catch (PosixException e) {
      throw e.number() == Posix.NO_ENTRY || folders.containsKey(target) ? noTarget(entry) : e;
    } finally {
      posix.close(from);
    }
  }

  private static ArchiveException noTarget(TarEntry entry) {
    return new ArchiveException(
        "a hard link to what is no file before it in the layer: "
            + entry.shown()
            + " to "
            + ByteNames.shown(entry.link()));
  }

  private void addFifo(TarEntry entry) throws IOException {
    int parent = folder(entry.parent());
    makeRoom(entry, parent);
    posix.makeFifo(parent, entry.name());
    if (isRoot) {
      posix.changeOwner(parent, entry.name(), entry.user(), entry.group());
    }
    posix.changeMode(parent, entry.name(), mode(entry));
    posix.changeTime(parent, entry.name(), entry.modifiedSeconds(), entry.modifiedNanos());
  }

  /// Of two members of one name the later counts, as everywhere with tar, but no folder is lost.
  private void makeRoom(TarEntry entry, int parent) throws IOException {
    if (entry.path().isEmpty() || folders.containsKey(entry.path())) {
      throw new ArchiveException("a member has the name of a folder: " + entry.shown());
    }
    whiteouts.remove(entry.path());
    try {
      posix.delete(parent, entry.name());
    } catch (PosixException e) {
      if (e.number() != Posix.NO_ENTRY) {
        throw e;
      }
    }
  }

  /// Opens a folder of the layer, and makes what is missing of it. It stays open until the next one
  /// is.
  private int folder(List<String> path) throws IOException {
    if (path.equals(openPath)) {
      return open;
    }
    int current = root;
    for (int i = 0; i < path.size(); i++) {
      int next;
      try {
        next = enter(current, path.subList(0, i + 1));
      } finally {
        closeUnlessRoot(current);
      }
      current = next;
    }
    closeUnlessRoot(open);
    open = current;
    openPath = List.copyOf(path);
    return current;
  }

  private int enter(int parent, List<String> path) throws IOException {
    String name = path.getLast();
    try {
      return posix.openFolder(parent, name);
    } catch (PosixException e) {
      boolean wasHidden = whiteouts.remove(path);
      if (wasHidden) {
        posix.delete(parent, name);
      } else if (e.number() == Posix.NOT_FOLDER || e.number() == Posix.LOOP) {
        throw new ArchiveException(
            "a member lies below what is no folder but a file or a symbolic link: "
                + ByteNames.shown(String.join("/", path)),
            e);
      } else if (e.number() != Posix.NO_ENTRY) {
        throw e;
      }
      posix.makeFolder(parent, name);
      folders.put(List.copyOf(path), Folder.implied(wasHidden));
      return posix.openFolder(parent, name);
    }
  }

  /// Opens a folder that must be there.
  private int openFolder(List<String> path, TarEntry entry) throws IOException {
    int current = posix.openFolder(root, ".");
    for (String name : path) {
      try {
        int next = posix.openFolder(current, name);
        posix.close(current);
        current = next;
      } catch (PosixException _) {
        posix.close(current);
        throw noTarget(entry);
      }
    }
    return current;
  }

  private void closeUnlessRoot(int descriptor) {
    if (descriptor != root) {
      posix.close(descriptor);
    }
  }

  private static List<String> child(List<String> parent, String name) {
    List<String> path = new ArrayList<>(parent);
    path.add(name);
    return List.copyOf(path);
  }

  /// Sets what folders are to have, the deepest first: their own users may not enter some.
  private void finish() throws IOException {
    List<List<String>> paths = new ArrayList<>(folders.keySet());
    paths.sort((a, b) -> Integer.compare(b.size(), a.size()));
    for (List<String> path : paths) {
      Folder folder = folders.getOrDefault(path, Folder.implied(false));
      int descriptor = folder(path);
      if (folder.isOpaque()) {
        posix.setAttribute(
            descriptor, isRoot ? "trusted.overlay.opaque" : "user.overlay.opaque", YES);
      }
      if (isRoot) {
        posix.changeOwner(descriptor, folder.user(), folder.group());
      }
      posix.changeMode(descriptor, mode(folder.mode()));
      posix.changeTime(descriptor, folder.seconds(), folder.nanos());
    }
  }

  private int mode(int mode) {
    return isRoot ? mode : mode & ~SPECIAL_BITS;
  }

  @Override
  public void close() {
    closeUnlessRoot(open);
    posix.close(root);
  }
}
