import org.jspecify.annotations.NullMarked;

/// The model of a dump, and every format it is read from and written to. JDK only.
@NullMarked
module dev.groundhog.dump {
  requires static org.jspecify;

  exports dev.groundhog.dump;
}
