import org.jspecify.annotations.NullMarked;

/// Who may ask a debug address. JDK only.
@NullMarked
module dev.groundhog.endpoint {
  requires static org.jspecify;

  exports dev.groundhog.endpoint;
}
