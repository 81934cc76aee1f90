package dev.groundhog.mark.internal;

import dev.groundhog.mark.LeakProne;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;

/// Claims [LeakProne], or `javac -Xlint:processing` would warn that nobody does:
/// [LeakProneProcessor] sees all annotations, and could only claim them all. It stands behind that
/// one in the list of services, since javac asks nobody else once all are claimed.
public final class LeakProneClaim extends AbstractProcessor {
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
    return true;
  }
}
