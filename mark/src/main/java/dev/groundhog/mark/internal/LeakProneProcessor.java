package dev.groundhog.mark.internal;

import dev.groundhog.mark.LeakProne;
import dev.groundhog.mark.LeakProneIndex;
import dev.groundhog.mark.LeakProneIndex.Function;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Filer;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.tools.Diagnostic;
import javax.tools.StandardLocation;

/// Writes the functions that are marked [LeakProne] to [LeakProneIndex#RESOURCE] in the folder of
/// the classes.
///
/// A compiler that is given some files only would write an index of these alone. So the lines of an
/// earlier index stay if their class is not compiled now and its class file is still there. It
/// takes part in every compilation, also in one without a mark, since the last mark may just have
/// gone.
public final class LeakProneProcessor extends AbstractProcessor {
  private final SortedMap<String, Function> marked = new TreeMap<>();

  /// The binary names of the outermost types that are compiled now.
  private final Set<String> compiled = new HashSet<>();

  @Override
  public Set<String> getSupportedAnnotationTypes() {
    return Set.of("*");
  }

  @Override
  public SourceVersion getSupportedSourceVersion() {
    return SourceVersion.latest();
  }

  @Override
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    for (TypeElement type : ElementFilter.typesIn(round.getRootElements())) {
      compiled.add(processingEnv.getElementUtils().getBinaryName(type).toString());
    }
    for (Element element : round.getElementsAnnotatedWith(LeakProne.class)) {
      if (element instanceof ExecutableElement function) {
        mark(function, reason(function));
      }
    }
    if (round.processingOver() && !round.errorRaised()) {
      write();
    }
    return false;
  }

  private static String reason(ExecutableElement function) {
    LeakProne mark = function.getAnnotation(LeakProne.class);
    return mark == null ? "" : mark.value().strip();
  }

  private void mark(ExecutableElement function, String reason) {
    if (function.getModifiers().contains(Modifier.ABSTRACT)) {
      error(
          "@LeakProne: "
              + function
              + " has no body, so that it is on no stack: mark the methods that implement it",
          function);
    } else if (reason.chars().anyMatch(LeakProneProcessor::breaksLine)) {
      error("@LeakProne: the reason must be one line, without control characters", function);
    } else {
      TypeElement owner = (TypeElement) function.getEnclosingElement();
      String name =
          processingEnv.getElementUtils().getBinaryName(owner) + "." + function.getSimpleName();
      marked.merge(
          name,
          new Function(name, Optional.of(reason).filter(text -> !text.isEmpty())),
          (one, other) -> one.reason().isPresent() ? one : other);
    }
  }

  private static boolean breaksLine(int character) {
    return Character.isISOControl(character) || character == '\u2028' || character == '\u2029';
  }

  private void error(String text, Element element) {
    processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR, text, element);
  }

  private void write() {
    Filer filer = processingEnv.getFiler();
    try {
      Optional<IndexFile> before = before(filer);
      before.ifPresent(file ->
          file.functions().stream()
              .filter(function -> isElsewhere(function, filer))
              .forEach(function -> marked.putIfAbsent(function.name(), function)));
      if (before.isPresent() || !marked.isEmpty()) {
        try (Writer out =
            filer
                .createResource(StandardLocation.CLASS_OUTPUT, "", LeakProneIndex.RESOURCE)
                .openWriter()) {
          out.write(IndexFile.text(marked.values()));
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      processingEnv
          .getMessager()
          .printMessage(
              Diagnostic.Kind.ERROR,
              "@LeakProne: " + LeakProneIndex.RESOURCE + " cannot be written: " + e);
    }
  }

  /// The index of an earlier compilation.
  private static Optional<IndexFile> before(Filer filer) throws IOException {
    try (InputStream in =
        filer
            .getResource(StandardLocation.CLASS_OUTPUT, "", LeakProneIndex.RESOURCE)
            .openInputStream()) {
      return Optional.of(
          IndexFile.read(
              LeakProneIndex.RESOURCE, in.readNBytes(LeakProneIndex.MAX_FILE_BYTES + 1)));
    } catch (NoSuchFileException | FileNotFoundException _) {
      return Optional.empty();
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
