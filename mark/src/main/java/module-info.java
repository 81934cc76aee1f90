import org.jspecify.annotations.NullMarked;

/// How a program marks itself, for those who look at its threads, and the annotation processor that
/// lists the marks. JDK only, and no other class: it stands in production code.
@NullMarked
module dev.groundhog.mark {
  requires static org.jspecify;
  requires static java.compiler;

  exports dev.groundhog.mark;

  provides javax.annotation.processing.Processor with
      dev.groundhog.mark.internal.LeakProneProcessor,
      dev.groundhog.mark.internal.StaleMarks;
}
