package dev.groundhog.mark.internal;

import dev.groundhog.mark.LeakProne;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;
import org.jspecify.annotations.Nullable;

/// Takes out of the index what has lost its mark, in a compilation without any mark, for which
/// [LeakProneProcessor] is not called. That one is not asked for all annotations, as this is:
/// Gradle would compile everything anew each time, as an aggregating processor must not see
/// annotations of the source alone, such as `@Override`. There this one writes nothing, since
/// Gradle has removed the index before.
public final class StaleMarks extends AbstractProcessor {
  private @Nullable IndexUpdate index;
  private boolean hasMarks;

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
    IndexUpdate update = index == null ? new IndexUpdate(processingEnv) : index;
    index = update;
    update.add(round);
    hasMarks |= hasMarks(round);
    if (round.processingOver() && !round.errorRaised() && !hasMarks) {
      update.write();
    }
    return false;
  }

  /// What is compiled may not know the annotation at all.
  private boolean hasMarks(RoundEnvironment round) {
    TypeElement mark =
        processingEnv.getElementUtils().getTypeElement(LeakProne.class.getCanonicalName());
    return mark != null && !round.getElementsAnnotatedWith(mark).isEmpty();
  }
}
