package dev.groundhog.mark.internal;

import dev.groundhog.mark.LeakProne;
import dev.groundhog.mark.LeakProneIndex.Function;
import java.util.Optional;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.tools.Diagnostic;
import org.jspecify.annotations.Nullable;

/// Writes the functions that are marked [LeakProne] to [LeakProneIndex#RESOURCE] in the folder of
/// the classes. A compiler calls it only if something is marked; [StaleMarks] does the rest.
///
/// It claims the annotation, or `javac -Xlint:processing` would warn that nobody does.
public final class LeakProneProcessor extends AbstractProcessor {
  private @Nullable IndexUpdate index;

  @Override
  public Set<String> getSupportedAnnotationTypes() {
    return Set.of(LeakProne.class.getCanonicalName());
  }

  @Override
  public SourceVersion getSupportedSourceVersion() {
    return SourceVersion.latest();
  }

  @Override
  @SuppressWarnings("DoNotClaimAnnotations") // it is ours alone
  public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
    IndexUpdate update = index == null ? new IndexUpdate(processingEnv) : index;
    index = update;
    update.add(round);
    for (Element element : round.getElementsAnnotatedWith(LeakProne.class)) {
      if (element instanceof ExecutableElement function) {
        mark(function, reason(function), update);
      }
    }
    if (round.processingOver() && !round.errorRaised()) {
      update.write();
    }
    return true;
  }

  private static String reason(ExecutableElement function) {
    LeakProne mark = function.getAnnotation(LeakProne.class);
    return mark == null ? "" : mark.value().strip();
  }

  private void mark(ExecutableElement function, String reason, IndexUpdate update) {
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
      update.mark(new Function(name, Optional.of(reason).filter(text -> !text.isEmpty())));
    }
  }

  private static boolean breaksLine(int character) {
    return Character.isISOControl(character) || character == '\u2028' || character == '\u2029';
  }

  private void error(String text, Element element) {
    processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR, text, element);
  }
}
