package dev.groundhog.mark.internal;

import dev.groundhog.mark.LeakProneIndex;
import dev.groundhog.mark.LeakProneIndex.Function;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.annotation.processing.Filer;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.tools.Diagnostic;
import javax.tools.StandardLocation;

/// The index as one compilation changes it. A compiler that is given some files only sees the marks
/// of these alone. So the lines of an earlier index stay if their class is not compiled now and its
/// class file is still there.
final class IndexUpdate {
  private final ProcessingEnvironment environment;
  private final SortedMap<String, Function> marked = new TreeMap<>();

  /// The binary names of the outermost types that are compiled now.
  private final Set<String> compiled = new HashSet<>();

  IndexUpdate(ProcessingEnvironment environment) {
    this.environment = environment;
  }

  /// Takes note of what is compiled.
  void add(RoundEnvironment round) {
    for (TypeElement type : ElementFilter.typesIn(round.getRootElements())) {
      compiled.add(environment.getElementUtils().getBinaryName(type).toString());
    }
  }

  /// Adds a marked function; of its overloads one with a reason is kept.
  void mark(Function function) {
    marked.merge(function.name(), function, (one, other) -> one.reason().isPresent() ? one : other);
  }

  /// Writes the index if it has changed.
  void write() {
    Filer filer = environment.getFiler();
    try {
      List<Function> before = before(filer);
      before.stream()
          .filter(function -> isElsewhere(function, filer))
          .forEach(function -> marked.putIfAbsent(function.name(), function));
      if (!before.equals(List.copyOf(marked.values()))) {
        try (Writer out =
            filer
                .createResource(StandardLocation.CLASS_OUTPUT, "", LeakProneIndex.RESOURCE)
                .openWriter()) {
          out.write(IndexFile.text(marked.values()));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      environment
          .getMessager()
          .printMessage(
              Diagnostic.Kind.ERROR,
              "@LeakProne: " + LeakProneIndex.RESOURCE + " cannot be written: " + e);
    }
  }

  /// The functions of the index of an earlier compilation.
  private static List<Function> before(Filer filer) throws IOException {
    try (InputStream in =
        filer
            .getResource(StandardLocation.CLASS_OUTPUT, "", LeakProneIndex.RESOURCE)
            .openInputStream()) {
      byte[] content = in.readNBytes(LeakProneIndex.MAX_FILE_BYTES + 1);
      return IndexFile.read(LeakProneIndex.RESOURCE, content).functions();
    } catch (NoSuchFileException | FileNotFoundException _) {
      return List.of();
    }
  }

  /// Whether the function's class is not compiled now and still there.
  private boolean isElsewhere(Function function, Filer filer) {
    String type = function.name().substring(0, function.name().lastIndexOf('.'));
    if (isCompiled(type)) {
      return false;
    }
    int dot = type.lastIndexOf('.');
    try (InputStream _ =
        filer
            .getResource(
                StandardLocation.CLASS_OUTPUT,
                type.substring(0, Math.max(0, dot)),
                type.substring(dot + 1) + ".class")
            .openInputStream()) {
      return true;
    } catch (IOException | IllegalArgumentException _) {
      return false;
    }
  }

  /// A name may have a `$` of its own.
  private boolean isCompiled(String type) {
    for (int end = type.indexOf('$'); end >= 0; end = type.indexOf('$', end + 1)) {
      if (compiled.contains(type.substring(0, end))) {
        return true;
      }
    }
    return compiled.contains(type);
  }
}
