import org.jspecify.annotations.NullMarked;

/// How a program marks itself, for those who look at its threads. JDK only, and no other class: it
/// stands in production code.
@NullMarked
module dev.groundhog.mark {
  requires static org.jspecify;

  exports dev.groundhog.mark;
}
