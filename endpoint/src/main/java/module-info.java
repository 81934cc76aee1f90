import org.jspecify.annotations.NullMarked;

/// Who may ask a debug address. JDK only.
@NullMarked
module dev.groundhog.endpoint {
  requires static org.jspecify;
  requires transitive dev.groundhog.dump;
  requires static transitive jdk.httpserver;

  exports dev.groundhog.endpoint;
}
