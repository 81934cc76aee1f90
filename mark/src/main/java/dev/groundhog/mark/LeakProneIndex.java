package dev.groundhog.mark;

import dev.groundhog.mark.internal.IndexFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The functions that a program marks as [LeakProne], as its class loaders show them: each module
/// that was compiled with the annotation processor has one file of them. Immutable.
///
/// @param functions in the order of their names, each once; of two reasons one stays
/// @param warnings what was passed over, with its file and line
public record LeakProneIndex(List<Function> functions, List<String> warnings) {
  /// Where a module's file lies: UTF-8, one function a line, with its reason behind a tab if it has
  /// one; a line that begins with `#` says something to people.
  public static final String RESOURCE = "META-INF/groundhog/leak-prone";

  /// The most functions that are read; those beyond are passed over with a warning.
  public static final int MAX_FUNCTIONS = 10_000;

  /// The most files that are read.
  public static final int MAX_FILES = 1_000;

  /// The most that is read of one file.
  public static final int MAX_FILE_BYTES = 1 << 20;

  private static final int MAX_WARNINGS = 100;

  public LeakProneIndex {
    functions = List.copyOf(functions);
    warnings = List.copyOf(warnings);
  }

  /// A marked function.
  ///
  /// @param name with its class as the JVM names it: `com.acme.Server$Inner.run`, of a constructor
  ///   `com.acme.Server.<init>`
  /// @param reason why it is marked
  public record Function(String name, Optional<String> reason) {}

  /// What these class loaders and their parents show; a file that several show is read once. What
  /// cannot be read is told in the warnings. A loader of somebody else's may take its time.
  public static LeakProneIndex read(Collection<ClassLoader> loaders) {
    Reading reading = new Reading();
    for (ClassLoader loader : loaders) {
      reading.add(loader);
    }
    return reading.index();
  }

  private static final class Reading {
    private final SortedMap<String, Function> functions = new TreeMap<>();
    private final List<String> warnings = new ArrayList<>();

    /// By their text: a URL that is compared asks for its host's address.
    private final Set<String> files = new HashSet<>();

    void add(ClassLoader loader) {
      try {
        Enumeration<URL> found = loader.getResources(RESOURCE);
        while (found.hasMoreElements() && files.size() <= MAX_FILES) {
          URL file = found.nextElement();
          if (files.add(file.toExternalForm())) {
            add(file);
          }
        }
      } catch (IOException | RuntimeException | LinkageError e) {
        warn("a class loader does not show " + RESOURCE + ": " + e);
      }
    }

    private void add(URL file) {
      if (files.size() > MAX_FILES) {
        warn("more than " + MAX_FILES + " files " + RESOURCE + ": the others are passed over");
        return;
      }
      try {
        // Else the jar would stay open, and could not be replaced.
        URLConnection connection = file.openConnection();
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream()) {
          add(IndexFile.read(file.toString(), in.readNBytes(MAX_FILE_BYTES + 1)));
        }
      } catch (IOException e) {
        warn(file + " cannot be read: " + e);
      }
    }

    private void add(IndexFile file) {
      file.warnings().forEach(this::warn);
      for (Function function : file.functions()) {
        if (functions.size() == MAX_FUNCTIONS && !functions.containsKey(function.name())) {
          warn("more than " + MAX_FUNCTIONS + " functions are marked: the others are passed over");
          return;
        }
        functions.putIfAbsent(function.name(), function);
      }
    }

    private void warn(String text) {
      if (warnings.size() < MAX_WARNINGS && !warnings.contains(text)) {
        warnings.add(text);
      }
    }

    LeakProneIndex index() {
      return new LeakProneIndex(List.copyOf(functions.values()), warnings);
    }
  }
}
